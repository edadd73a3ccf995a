import { expect } from '@jest/globals';
import {
  annotated,
  type Attempt,
  builtIn,
  HIGHER,
  labelled,
  OTHER_GROUP,
  scaled,
  type Section,
  strimzis,
} from './attempt.js';
import { EPOCH, GROUP, IN_FORCE, LABEL, WRITE } from './marks.js';
import { annotationPointer, labelPointer, OTHER_VALUE, FIRST_VALUE } from './subject.js';

const atLabel = labelPointer(LABEL);
const refused = (name: string, act: Attempt['act'], more: Partial<Attempt> = {}): Attempt => ({
  name,
  outcome: 'refused',
  act,
  ...more,
});

/** Refused where a stamp is asked for. */
const unstamped = (name: string, act: Attempt['act'], more: Partial<Attempt> = {}): Attempt => ({
  name,
  outcome: ({ isStamped }) => (isStamped ? 'refused' : 'taken'),
  act,
  ...more,
});

const UNSTAMPED: Section = {
  title: 'Another value without a new write stamp',
  attempts: [
    unstamped('merge patch', (subject) => subject.merge(subject.kind.holding(OTHER_VALUE))),
    unstamped('JSON patch', (subject) => {
      const { pointer, written } = subject.kind;
      return subject.json({ op: 'replace', path: pointer, value: written(OTHER_VALUE) });
    }),
    {
      name: 'strategic merge patch',
      outcome: (kind) => (builtIn(kind) ? 'refused' : 'impossible'),
      act: (subject) => subject.strategic(subject.kind.holding(OTHER_VALUE)),
    },
    unstamped('server-side apply, forced, by a stranger', (subject) =>
      subject.apply(subject.object({ value: OTHER_VALUE }), 'stranger'),
    ),
    unstamped('replaced as a whole', (subject) =>
      subject.replace((object) => ({ ...object, ...subject.kind.holding(OTHER_VALUE) })),
    ),
    unstamped('`kubectl patch`', (subject) => {
      const patch = JSON.stringify(subject.kind.holding(OTHER_VALUE));
      return subject.kubectl(['patch', subject.kind.plural, subject.name, '--type', 'merge', '--patch', patch]);
    }),
    unstamped('with the epoch in force', (subject) =>
      subject.merge({ metadata: { annotations: { [EPOCH]: IN_FORCE } }, ...subject.kind.holding(OTHER_VALUE) }),
    ),
    unstamped('with a higher epoch', (subject) =>
      subject.merge({ metadata: { annotations: { [EPOCH]: HIGHER } }, ...subject.kind.holding(OTHER_VALUE) }),
    ),
    unstamped('with the stamp that is there', (subject) =>
      subject.merge({ metadata: { annotations: { [WRITE]: 'r-7.1' } }, ...subject.kind.holding(OTHER_VALUE) }),
    ),
    unstamped('with the stamp taken away', (subject) =>
      subject.merge({ metadata: { annotations: { [WRITE]: null } }, ...subject.kind.holding(OTHER_VALUE) }),
    ),
    unstamped('with an empty stamp', (subject) =>
      subject.merge({ metadata: { annotations: { [WRITE]: '' } }, ...subject.kind.holding(OTHER_VALUE) }),
    ),
    unstamped('a part more beside the value', (subject) =>
      subject.merge(subject.kind.isBuiltIn ? { data: { more: 'bW9yZQ==' } } : { spec: { more: 'x' } }),
    ),
    unstamped('all of it taken away', (subject) =>
      subject.json({ op: 'remove', path: subject.kind.isBuiltIn ? '/data' : '/spec' }),
    ),
    refused('`binaryData` beside it', (subject) => subject.merge({ binaryData: { more: 'bW9yZQ==' } }), {
      only: ({ kind }) => kind === 'ConfigMap',
    }),
    refused('`stringData` over it', (subject) => subject.merge({ stringData: { bootstrap: OTHER_VALUE } }), {
      only: ({ kind }) => kind === 'Secret',
    }),
    refused(
      '`immutable: true`, which would refuse Signalbox as well',
      (subject) => subject.merge({ immutable: true }),
      {
        only: builtIn,
      },
    ),
    refused(
      '`immutable: true` with a new stamp',
      (subject) => subject.merge({ immutable: true, metadata: { annotations: { [WRITE]: 'x' } } }),
      { only: builtIn },
    ),
    {
      name: 'the same value once more, as a sync does all day',
      outcome: 'without effect',
      act: (subject) => subject.merge(subject.kind.holding(FIRST_VALUE)),
    },
  ],
};

const RELABELLED: Section = {
  title: 'The label by which the fence finds it',
  attempts: [
    refused('merge patch with null', (subject) => subject.merge({ metadata: { labels: { [LABEL]: null } } })),
    refused('merge patch with null for all labels', (subject) => subject.merge({ metadata: { labels: null } })),
    refused('JSON patch, `remove`', (subject) => subject.json({ op: 'remove', path: atLabel })),
    refused('another group', (subject) => subject.merge({ metadata: { labels: { [LABEL]: OTHER_GROUP } } })),
    refused('another group, by `kubectl label --overwrite`', (subject) =>
      subject.kubectl(['label', subject.kind.plural, subject.name, '--overwrite', `${LABEL}=${OTHER_GROUP}`]),
    ),
    refused('an empty group', (subject) => subject.merge({ metadata: { labels: { [LABEL]: '' } } })),
    refused('replaced as a whole without it', (subject) => subject.replace((object) => labelled(object, {}))),
    refused('its owner applies without it', (subject) => subject.apply(labelled(subject.sealed(), {})), {
      before: (subject) => subject.apply(subject.sealed()),
    }),
    refused('label and epoch at once', (subject) =>
      subject.json({ op: 'remove', path: atLabel }, { op: 'remove', path: annotationPointer(EPOCH) }),
    ),
    refused('label, epoch and value at once, with a new stamp', (subject) =>
      subject.replace((object) => ({
        ...annotated(labelled(object, {}), { [EPOCH]: undefined, [WRITE]: 'x' }),
        ...subject.kind.holding(OTHER_VALUE),
      })),
    ),
    {
      name: 'put on an object that was never sealed, and taken off again',
      outcome: 'taken',
      before: (subject) => subject.create(subject.object({ labels: { [LABEL]: GROUP }, value: FIRST_VALUE })),
      act: (subject) => subject.merge({ metadata: { labels: { [LABEL]: null } } }),
    },
  ],
};

const DOORS: Section = {
  title: 'Through other doors',
  attempts: [
    {
      name: 'the status, with another epoch and value in it',
      outcome: (kind) => (strimzis(kind) ? 'without effect' : 'impossible'),
      act: (subject) =>
        subject.subresource('status', {
          metadata: { annotations: { [EPOCH]: '1' }, labels: { [LABEL]: null } },
          ...subject.kind.holding(OTHER_VALUE),
          status: { observedGeneration: 1 },
        }),
    },
    {
      name: 'the scale: how many workers or tasks, which no fence sees and Signalbox never sets',
      outcome: 'taken',
      only: scaled,
      act: keepingTheRest((subject) => subject.subresource('scale', { spec: { replicas: 3 } })),
    },
    refused(
      'the other version of the same resource',
      (subject) => subject.inOtherVersion().annotate({ [EPOCH]: '1' }),
      {
        only: strimzis,
      },
    ),
    unstamped(
      'the value, in the other version of the same resource',
      (subject) => subject.inOtherVersion().merge(subject.kind.holding(OTHER_VALUE)),
      { only: strimzis },
    ),
  ],
};

/** Throws when more than a number has changed. */
function keepingTheRest(act: Attempt['act']): Attempt['act'] {
  return async (subject) => {
    const answer = await act(subject);
    const { metadata, spec } = await subject.read();
    expect(spec).toMatchObject(subject.kind.holding(FIRST_VALUE)['spec'] as object);
    expect(metadata.annotations?.[EPOCH]).toBe(IN_FORCE);
    return answer;
  };
}

export const CONTENT_SECTIONS: readonly Section[] = [UNSTAMPED, RELABELLED, DOORS];
