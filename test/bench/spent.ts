import { SystemClock } from '#libs/runtime';

const clock = new SystemClock();

/** What something took. CPU time is this process's, all threads together. */
export interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export async function spend(work: () => Promise<unknown>): Promise<Spent> {
  const startedAtMs = clock.monotonicMs();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: clock.monotonicMs() - startedAtMs, cpuMs: (user + system) / 1_000 };
}
