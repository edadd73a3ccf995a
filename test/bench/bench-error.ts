/** Nothing was measured. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
