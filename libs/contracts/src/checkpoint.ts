import type { ChainEnd, ChainName, Checkpoint, SiteId, Witness } from '#libs/domain';
import { z } from 'zod';
import { hashOf } from './canonical.js';
import type { Mirrors } from './mirrors.js';
import { signatureOf, signatureProblem, type Keyring, type SigningKey } from './signing.js';
import { HashWire, InstantWire, SiteIdWire } from './wire.js';

const ChainEndWire = z.strictObject({ sequence: z.int().positive(), hash: HashWire });
const ChainNameWire = z.string().regex(/^(groups|sites)\/.+$/, 'the name of a chain') as unknown as z.ZodType<
  ChainName,
  ChainName
> &
  z.core.$ZodRecordKey;
const signed = { keyId: z.string().min(1), signature: z.string().min(1) };

/** Strict: what nobody knows would be signed by nobody. */
export const CheckpointWire = z.strictObject({
  format: z.literal('signalbox.audit-checkpoint.v1'),
  site: SiteIdWire,
  sequence: z.int().positive(),
  at: InstantWire,
  revision: z.int().nonnegative(),
  heads: z.partialRecord(ChainNameWire, ChainEndWire),
  seen: z.record(z.string().min(1), ChainEndWire),
  ...signed,
  witnesses: z.array(z.strictObject({ site: SiteIdWire, ...signed })),
});
const mirrors: Mirrors<z.infer<typeof CheckpointWire>, Checkpoint> = true;
void mirrors;

export function signCheckpoint(
  draft: Omit<Checkpoint, 'format' | 'keyId' | 'signature' | 'witnesses'>,
  key: SigningKey,
): Checkpoint {
  const unsigned = { format: 'signalbox.audit-checkpoint.v1', ...draft, keyId: key.keyId } as const;
  return { ...unsigned, signature: signatureOf(unsigned, key), witnesses: [] };
}

/** What a site itself said, without those who signed it as well. */
export const checkpointHash = ({ witnesses: _, ...said }: Checkpoint): string => hashOf(said);

export const endOf = (checkpoint: Checkpoint): ChainEnd => ({
  sequence: checkpoint.sequence,
  hash: checkpointHash(checkpoint),
});

/** Adds a site's signature to another site's checkpoint, once. */
export function witnessed(checkpoint: Checkpoint, site: SiteId, key: SigningKey): Checkpoint {
  const others = checkpoint.witnesses.filter((each) => each.site !== site);
  const { keyId } = key;
  const signature = signatureOf(statementOf(checkpoint, { site, keyId }), key);
  return { ...checkpoint, witnesses: [...others, { site, keyId, signature }] };
}

/** Why a checkpoint does not count: one signature that does not hold is enough. */
export function checkpointProblem(checkpoint: Checkpoint, keyring: Keyring): string | undefined {
  const { witnesses, signature, ...unsigned } = checkpoint;
  const own = signatureProblem(unsigned, checkpoint, keyring);
  if (own !== undefined) return own;
  for (const witness of witnesses) {
    const problem = signatureProblem(statementOf(checkpoint, witness), witness, keyring);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const statementOf = (checkpoint: Checkpoint, { site, keyId }: Pick<Witness, 'site' | 'keyId'>) => ({
  format: 'signalbox.audit-witness.v1',
  checkpoint: checkpointHash(checkpoint),
  site,
  keyId,
});
