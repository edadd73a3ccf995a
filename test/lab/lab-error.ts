/** What stopped the lab, in one message for the person who started it. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
