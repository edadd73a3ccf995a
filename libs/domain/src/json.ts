/** What a JSON document can hold; evidence and audit entries are made of nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
