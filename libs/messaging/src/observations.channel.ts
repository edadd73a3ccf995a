import { openObservation, type Keyring, type ObservationEvent } from '#libs/contracts';
import type { Channel } from './event-bus.js';

export const OBSERVATIONS_TOPIC = 'signalbox.observations';

/** What every vantage publishes each round, opened with the sites' public keys. */
export const observationsChannel = (keyring: Keyring): Channel<ObservationEvent> => ({
  topic: OBSERVATIONS_TOPIC,
  open: (text, what) => {
    const opened = openObservation(text, keyring, what);
    if (!opened.ok) return opened;
    const { vantage, process, incarnation, sequence } = opened.value.data;
    const identity = {
      source: `${vantage}/${process}`,
      incarnation,
      sequence,
      origin: vantage,
      atMs: Date.parse(opened.value.time),
    };
    return { ok: true, value: { event: opened.value, identity } };
  },
});
