/** A parsed document is never changed: every process of a run works on the same one. What nobody looks into stays as it is. */
export type Immutable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | undefined
    ? T
    : { readonly [Key in keyof T]: Immutable<T[Key]> };
