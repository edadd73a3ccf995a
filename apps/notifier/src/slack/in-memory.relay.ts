import { Relay, type FreezeOutcome, type RelayedAnswer, type RelayedFreeze, type RelayOutcome } from './relay.js';

/** Orchestrators that a test plays. */
export class InMemoryRelay extends Relay {
  readonly answers: RelayedAnswer[] = [];
  readonly freezes: RelayedFreeze[] = [];

  constructor(
    public decide: (answer: RelayedAnswer) => RelayOutcome | Promise<RelayOutcome>,
    public stop: (freeze: RelayedFreeze) => FreezeOutcome | Promise<FreezeOutcome> = nobodyMay,
  ) {
    super();
  }

  override async answer(answer: RelayedAnswer): Promise<RelayOutcome> {
    this.answers.push(answer);
    return this.decide(answer);
  }

  override async freeze(freeze: RelayedFreeze): Promise<FreezeOutcome> {
    this.freezes.push(freeze);
    return this.stop(freeze);
  }
}

const nobodyMay = (): FreezeOutcome => ({ kind: 'refused', code: 'SB_FORBIDDEN', message: 'Nobody may freeze here.' });
