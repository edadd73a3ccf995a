import type { RpoCertificate, RpoMeasurement, RpoRecord } from '#libs/domain';
import { z } from 'zod';
import { FlowPositionsWire } from './flow-positions.js';
import type { Mirrors } from './mirrors.js';
import { CountWire, DurationWire, FlowIdWire, InstantWire, RunIdWire, SiteIdWire } from './wire.js';

const RangeWire = z.object({ min: CountWire, max: CountWire });

export const RpoCertificateWire = z.object({
  run: RunIdWire,
  flow: FlowIdWire,
  from: SiteIdWire,
  certifiedAt: InstantWire,
  isOpen: z.boolean(),
  fencedAt: InstantWire.optional(),
  sampleAgeMs: DurationWire,
  observedRange: RangeWire,
  unobservedMaxRecords: CountWire,
  atRiskMs: DurationWire,
  partitions: z.array(
    z.object({
      topic: z.string().min(1),
      partition: CountWire,
      sourceEnd: CountWire,
      copiedAtLeast: CountWire,
      copied: CountWire,
      observedRange: RangeWire,
      unobservedMaxRecords: CountWire,
      atRiskMs: DurationWire,
    }),
  ),
  groups: z.array(z.object({ group: z.string(), rereadMaxRecords: CountWire })).optional(),
  positions: FlowPositionsWire,
});
const mirrors: Mirrors<z.infer<typeof RpoCertificateWire>, RpoCertificate> = true;
void mirrors;

export const RpoMeasurementWire = z.object({
  run: RunIdWire,
  flow: FlowIdWire,
  certified: RangeWire,
  unobservedMaxRecords: CountWire,
  strandedRecords: CountWire,
  verdict: z.enum(['within', 'beyond']),
  beyond: z.array(z.object({ where: z.string(), certifiedMax: CountWire, stranded: CountWire })),
});
const measurementMirrors: Mirrors<z.infer<typeof RpoMeasurementWire>, RpoMeasurement> = true;
void measurementMirrors;

export const RpoRecordWire = z.object({
  run: RunIdWire,
  isOpen: z.boolean(),
  certificates: z.array(RpoCertificateWire),
  unknown: z.array(FlowIdWire),
  measurements: z.array(RpoMeasurementWire).optional(),
});
const recordMirrors: Mirrors<z.infer<typeof RpoRecordWire>, RpoRecord> = true;
void recordMirrors;
