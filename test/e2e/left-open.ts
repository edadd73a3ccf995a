import { SystemClock } from '#libs/runtime';

/** The test runner's own, a timer among them, and what waits for nothing. */
const NO_LEAK = new Set(['PipeWrap', 'TTYWrap', 'FSReqPromise', 'Immediate', 'Timeout']);
/** What was ended last takes a moment to be gone. */
const GONE_WITHIN_MS = 2_000;
const POLL_MS = 20;

/** Says what the tests left open, since the runner ends without waiting for it. */
export default async function showLeftOpen(): Promise<void> {
  const clock = new SystemClock();
  const left = () => process.getActiveResourcesInfo().filter((kind) => !NO_LEAK.has(kind));
  const endMs = clock.monotonicMs() + GONE_WITHIN_MS;
  while (left().length > 0 && clock.monotonicMs() < endMs) await clock.sleep(POLL_MS);
  if (left().length > 0) process.stderr.write(`Left open by the tests: ${left().toSorted().join(', ')}\n`);
}
