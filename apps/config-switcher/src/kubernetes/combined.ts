import { createHash } from 'node:crypto';
import { canonicalJson } from '#libs/contracts';
import { epoch, type ConfigData, type Stamped } from '#libs/domain';
import { settingOf, type KubernetesTarget } from '#libs/topology';
import { partsOf, type HeldObject } from './held-object.js';

/** A target, and its object as it was seen. */
export interface Seen {
  readonly target: KubernetesTarget;
  readonly held: HeldObject;
}

/**
 * What several objects say together. Where they do not agree, on the settings or on the epoch, the value says what each
 * key holds: it is no setting of anybody, so that no order is taken for kept, and a seal that keeps it keeps every text.
 */
export function combined(all: readonly Seen[]): Stamped<ConfigData> {
  const epochs = new Set(all.map(({ held }) => held.epoch));
  const highest = epoch(Math.max(...epochs));
  const version = versionsOf(all);
  const agreed = agreedData(all);
  if (agreed !== undefined && epochs.size === 1) return { value: agreed, epoch: highest, version };
  return { value: differing(all, epochs.size > 1), epoch: highest, version, isPartial: true };
}

/** By object: the resourceVersion that it was seen with. */
export const versionsOf = (all: readonly Seen[]): string =>
  JSON.stringify(Object.fromEntries(all.map(({ held }) => [held.name, held.version])));

/** Undefined where a key is missing, says nothing of its kind, or something else than another one. */
function agreedData(all: readonly Seen[]): ConfigData | undefined {
  const parts = all.flatMap(({ target, held }) => partsOf(target, held));
  if (all.every(({ held }) => held.texts.size === 0)) return {};
  if (!parts.every((part) => part !== undefined)) return undefined;
  const union: ConfigData = Object.assign({}, ...parts);
  const whole = all.flatMap(({ target, held }) =>
    Object.values(target.keys).flatMap((rendering, index) =>
      settingOf(rendering) === undefined ? [partsOf(target, held)[index]] : [],
    ),
  );
  const saysTheSame = parts.every((part) => Object.entries(part).every(([setting, text]) => union[setting] === text));
  return saysTheSame && whole.every((part) => canonicalJson(part) === canonicalJson(union)) ? union : undefined;
}

const differing = (all: readonly Seen[], withEpochs: boolean): ConfigData =>
  Object.fromEntries(
    all.flatMap(({ target, held }) =>
      Object.keys(target.keys).map((key) => {
        const text = held.texts.get(key);
        const shown = text === undefined ? 'is missing' : shownText(target, text);
        return [`${held.name} ${key}`, withEpochs ? `epoch ${held.epoch}: ${shown}` : shown];
      }),
    ),
  );

/** What somebody else put into a Secret may be one. */
const shownText = ({ object }: KubernetesTarget, text: string): string =>
  object === 'Secret' ? `sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 16)}` : text;
