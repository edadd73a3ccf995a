/** Port: whether something takes a TCP connection. Says nothing of what is behind it: a frozen process still does. */
export abstract class TcpReach {
  /** Never rejects. */
  abstract connects(address: { readonly host: string; readonly port: number }, timeoutMs: number): Promise<boolean>;
}
