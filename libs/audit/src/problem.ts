/**
 * - `tail-missing`: a site witnessed entries after the end of a file;
 * - `fork`: a site, or another file, has another hash for the same entry;
 * - `checkpoint-invalid`: a signature under it does not hold;
 * - `checkpoint-forked`: a site signed two different ones under one number;
 * - `checkpoint-alone`: another site saw it and did not sign it;
 * - `checkpoint-unseen`, `older`: no problem, and worth saying.
 */
export interface Problem {
  readonly kind:
    | 'tail-missing'
    | 'fork'
    | 'checkpoint-invalid'
    | 'checkpoint-forked'
    | 'checkpoint-alone'
    | 'checkpoint-unseen'
    | 'older';
  /** Of the first entry concerned, or of the checkpoint. */
  readonly sequence: number;
  readonly message: string;
}
