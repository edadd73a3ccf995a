/** The demo did not show what it is there to show. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
