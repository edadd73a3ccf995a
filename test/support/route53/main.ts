import { readFileSync } from 'node:fs';
import process from 'node:process';
import { FakeRoute53, type FakeRoute53Options } from './fake-route53.js';
import type { WireSet } from './wire-set.js';

/** A file of this form: where the fake serves what, and the sets that are there from the start. */
export interface FakeFile {
  readonly options: FakeRoute53Options;
  readonly sets: readonly WireSet[];
}

/** The fake as a process of its own. */
const { options, sets } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as FakeFile;
const fake = await FakeRoute53.start(options);
fake.edit(...sets.map((set) => ({ action: 'CREATE' as const, set })));
process.stdout.write(`Route 53 fake: API at ${fake.endpoint}, name server at ${fake.nameServer}\n`);
