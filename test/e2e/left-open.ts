/** The test runner's own, a timer among them, and what waits for nothing. */
const NO_LEAK = new Set(['PipeWrap', 'TTYWrap', 'FSReqPromise', 'Immediate', 'Timeout']);

/** Says what the tests left open, since the runner ends without waiting for it. */
export default function showLeftOpen(): void {
  const left = process.getActiveResourcesInfo().filter((kind) => !NO_LEAK.has(kind));
  if (left.length > 0) process.stderr.write(`Left open by the tests: ${left.toSorted().join(', ')}\n`);
}
