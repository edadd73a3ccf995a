import { SignalboxError } from '#libs/domain';
import { hasSameStamp, isUnchanged, type NameChange } from './name-change.js';
import type { Applied, NameProvider } from './name-provider.js';

/** Looks again why a provider refused: it says that something differed, not what is there instead. */
export async function hasRefusedWhat(
  provider: NameProvider,
  { names }: NameChange,
  signal: AbortSignal,
): Promise<Applied> {
  try {
    const holds = await provider.read(
      names.map(({ seen }) => seen.name),
      signal,
    );
    if (names.every(({ seen }, index) => isUnchanged(seen, holds[index]!)))
      return {
        outcome: 'transient',
        reason: 'it was refused, and still reads as it was seen: what was read may be old',
      };
    const isFenced = names.some(({ seen }, index) => !hasSameStamp(seen, holds[index]!));
    return isFenced ? { outcome: 'refused-by-fence' } : { outcome: 'changed-by-somebody-else', holds };
  } catch (error) {
    // It was refused, whatever is there: who reads it next finds out, or cannot either.
    if (error instanceof SignalboxError) return { outcome: 'refused-by-fence' };
    throw error;
  }
}
