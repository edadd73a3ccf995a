/** Port: somebody outside who alarms when nothing is heard. */
export abstract class DeadManService {
  /** Undefined when it was heard, otherwise why not. Never rejects. */
  abstract hear(): Promise<string | undefined>;
}
