import { Relay, type RelayedAnswer, type RelayOutcome } from './relay.js';

/** Orchestrators that a test plays. */
export class InMemoryRelay extends Relay {
  readonly answers: RelayedAnswer[] = [];

  constructor(public decide: (answer: RelayedAnswer) => RelayOutcome | Promise<RelayOutcome>) {
    super();
  }

  override async answer(answer: RelayedAnswer): Promise<RelayOutcome> {
    this.answers.push(answer);
    return this.decide(answer);
  }
}
