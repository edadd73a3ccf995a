export interface Started {
  end(): Promise<void>;
}

/** All or none: when one does not start, the others are ended before its failure is thrown. */
export async function startTogether<T extends readonly Started[]>(
  ...starting: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const outcomes = await Promise.allSettled(starting as readonly Promise<Started>[]);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (failure === undefined) return started as unknown as T;
  await Promise.all(started.map((part) => part.end()));
  throw failure.reason;
}
