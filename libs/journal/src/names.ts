/** A name that ends in `/` means every key under it, any other name exactly that key. */
export const isPrefix = (name: string): boolean => name.endsWith('/');

export const covers = (name: string, key: string): boolean => (isPrefix(name) ? key.startsWith(name) : key === name);

export const byKey = (a: { readonly key: string }, b: { readonly key: string }): number =>
  a.key < b.key ? -1 : Number(a.key > b.key);
