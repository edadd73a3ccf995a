import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Acknowledged, Consumed, Ledger, Unacknowledged } from './ledger.js';

type SeenEvent =
  | { readonly saw: 'acknowledge'; readonly record: Acknowledged }
  | { readonly saw: 'fail'; readonly record: Unacknowledged }
  | { readonly saw: 'consume'; readonly record: Consumed };

/** What pods write down in a folder, each into a file of its own, one event a line: heard once, and only whole lines. */
export class SeenEvents {
  /** How many bytes of each file were heard. */
  private readonly heard = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly ledger: Ledger,
  ) {}

  /** Everything that was written since the last time goes into the ledger. */
  hear(): void {
    if (!existsSync(this.folder)) return;
    for (const name of readdirSync(this.folder)) this.hearFile(name);
  }

  private hearFile(name: string): void {
    const from = this.heard.get(name) ?? 0;
    const bytes = readFileSync(join(this.folder, name)).subarray(from);
    const end = bytes.lastIndexOf('\n') + 1;
    this.heard.set(name, from + end);
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    for (const line of lines) this.note(JSON.parse(line) as SeenEvent);
  }

  private note({ saw, record }: SeenEvent): void {
    if (saw === 'acknowledge') this.ledger.acknowledge(record);
    else if (saw === 'fail') this.ledger.fail(record);
    else this.ledger.consume(record);
  }
}
