import type { Json } from '#libs/domain';

/** Makes everything readonly and flat; whatever can hold any JSON stays as it is, since it has no end. */
type Settled<T> = [Json] extends [T]
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : { readonly [Key in keyof T]: Settled<T[Key]> };

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * `true` only when a schema's output and a domain type are the same, field by field, optional ones included:
 * `const mirrors: Mirrors<z.infer<typeof Schema>, DomainType> = true`. A forgotten field would be dropped in silence.
 */
export type Mirrors<Schema, Domain> = Same<Settled<Schema>, Settled<Domain>>;
