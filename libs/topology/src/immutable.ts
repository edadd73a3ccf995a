/** A parsed document is never changed: every process of a run works on the same one. */
export type Immutable<T> = T extends string | number | boolean | undefined
  ? T
  : { readonly [Key in keyof T]: Immutable<T[Key]> };
