/** A promise that does not settle while Redis is away gets an end. */
export function inTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  return new Promise<T>((resolve, reject) => {
    timeout.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)), { once: true });
    promise.then(resolve, reject);
  });
}
