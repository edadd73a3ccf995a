import {
  NameServer,
  type DnsQuestion,
  type DnsRecord,
  type UpdateAnswer,
} from '../../apps/dns-switcher/src/name-server.js';
import { SystemClock, SystemRandom } from '#libs/runtime';

/** Answers as the test says, and counts how often it was asked. */
export class ScriptedNameServer extends NameServer {
  asked = 0;
  /** The text of every record that it has, and what it makes of updates; an error is thrown. */
  answer: string | Error = '';

  constructor(host: string) {
    super({ host, port: 53 }, new SystemClock(), new SystemRandom());
  }

  override async query(questions: readonly DnsQuestion[]): Promise<readonly (readonly DnsRecord[])[]> {
    const data = this.say();
    return questions.map(({ name, type }) => [{ name, type, ttlSeconds: 5, data }]);
  }

  override async update(): Promise<UpdateAnswer> {
    this.say();
    return 'done';
  }

  private say(): string {
    this.asked += 1;
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}
