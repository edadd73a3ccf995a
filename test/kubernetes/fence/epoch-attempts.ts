import { annotated, type Attempt, builtIn, HIGHER, LOWER, type Section } from './attempt.js';
import { EPOCH, IN_FORCE, LABEL, GROUP, WRITE } from './marks.js';
import { annotationPointer, FIRST_VALUE, OTHER_VALUE, type Subject } from './subject.js';

const atEpoch = annotationPointer(EPOCH);
const refused = (name: string, act: Attempt['act'], more: Partial<Attempt> = {}): Attempt => ({
  name,
  outcome: 'refused',
  act,
  ...more,
});

/** What Signalbox itself does; a fence that refuses this is no better than none. */
const RIGHTFUL: Section = {
  title: 'What Signalbox does',
  attempts: [
    {
      name: 'the first seal of an object that only has the label',
      outcome: 'taken',
      before: (subject) => subject.create(subject.object({ labels: { [LABEL]: GROUP }, value: FIRST_VALUE })),
      act: (subject) => subject.annotate({ [EPOCH]: IN_FORCE }),
    },
    {
      name: 'a seal: a higher epoch, the value unchanged',
      outcome: 'taken',
      act: (subject) => subject.annotate({ [EPOCH]: HIGHER }),
    },
    {
      name: 'a switch by server-side apply: a higher epoch, another value, a new write stamp',
      outcome: 'taken',
      act: (subject) => subject.apply(subject.sealed({ [EPOCH]: HIGHER, [WRITE]: 'r-8.1' }, OTHER_VALUE)),
    },
    {
      name: 'the same switch once more under the same epoch',
      outcome: 'taken',
      before: (subject) => subject.create(subject.sealed({ [WRITE]: 'r-7.1' }, OTHER_VALUE)),
      act: (subject) => subject.apply(subject.sealed({ [WRITE]: 'r-7.2' }, OTHER_VALUE)),
    },
    {
      name: "somebody else's annotation and label on a sealed object",
      outcome: 'taken',
      act: (subject) => subject.merge({ metadata: { annotations: { team: 'a' }, labels: { tier: 'one' } } }),
    },
  ],
};

const LOWERED: Section = {
  title: 'An epoch that is lower than the one in force',
  attempts: [
    refused('merge patch', (subject) => subject.annotate({ [EPOCH]: LOWER })),
    refused('JSON patch, `replace`', (subject) => subject.json({ op: 'replace', path: atEpoch, value: LOWER })),
    refused('JSON patch, `add` over it', (subject) => subject.json({ op: 'add', path: atEpoch, value: LOWER })),
    refused('JSON patch, `copy` of another annotation', (subject) =>
      subject.json(
        { op: 'add', path: annotationPointer('spare'), value: LOWER },
        { op: 'copy', from: annotationPointer('spare'), path: atEpoch },
      ),
    ),
    {
      name: 'strategic merge patch',
      outcome: (kind) => (builtIn(kind) ? 'refused' : 'impossible'),
      act: (subject) => subject.strategic({ metadata: { annotations: { [EPOCH]: LOWER } } }),
    },
    refused('server-side apply, forced, by a stranger', (subject) =>
      subject.apply(subject.sealed({ [EPOCH]: LOWER }), 'stranger'),
    ),
    refused("server-side apply under Signalbox's own field manager", (subject) =>
      subject.apply(subject.sealed({ [EPOCH]: LOWER, [WRITE]: 'r-6.1' }, OTHER_VALUE)),
    ),
    refused('replaced as a whole', (subject) => subject.replace((object) => annotated(object, { [EPOCH]: LOWER }))),
    refused('as a dry run', (subject) =>
      subject.merge({ metadata: { annotations: { [EPOCH]: LOWER } } }, '?dryRun=All'),
    ),
    refused('`kubectl annotate --overwrite`', (subject) =>
      subject.kubectl(['annotate', subject.kind.plural, subject.name, '--overwrite', `${EPOCH}=${LOWER}`]),
    ),
    refused('`kubectl apply`', (subject) =>
      subject.kubectl(
        ['apply', '--validate=false', '--filename', '-'],
        JSON.stringify(subject.sealed({ [EPOCH]: LOWER })),
      ),
    ),
    refused('`kubectl replace --force`: delete and make anew', (subject) =>
      subject.kubectl(
        ['replace', '--force', '--validate=false', '--filename', '-'],
        JSON.stringify(subject.sealed({ [EPOCH]: LOWER })),
      ),
    ),
    refused('with a new write stamp and another value', (subject) =>
      subject.merge({
        metadata: { annotations: { [EPOCH]: LOWER, [WRITE]: 'r-6.1' } },
        ...subject.kind.holding(OTHER_VALUE),
      }),
    ),
    refused('10 below 9: numbers are compared, not texts', (subject) => subject.annotate({ [EPOCH]: '9' }), {
      before: (subject) => subject.create(subject.sealed({ [EPOCH]: '10' })),
    }),
  ],
};

const REMOVED: Section = {
  title: 'The epoch taken away',
  attempts: [
    refused('merge patch with null', (subject) => subject.annotate({ [EPOCH]: null })),
    refused('merge patch with null for all annotations', (subject) =>
      subject.merge({ metadata: { annotations: null } }),
    ),
    refused('JSON patch, `remove`', (subject) => subject.json({ op: 'remove', path: atEpoch })),
    refused('JSON patch, `move` to another name', (subject) =>
      subject.json({ op: 'move', from: atEpoch, path: annotationPointer('spare') }),
    ),
    refused('replaced as a whole without it', (subject) =>
      subject.replace((object) => annotated(object, { [EPOCH]: undefined })),
    ),
    refused('its owner applies without it', applyWithout, {
      before: (subject) => subject.apply(subject.sealed()),
    }),
    refused('`kubectl annotate` with a minus', (subject) =>
      subject.kubectl(['annotate', subject.kind.plural, subject.name, `${EPOCH}-`]),
    ),
  ],
};

/** What a field manager no longer names, and nobody else owns, is taken away. */
function applyWithout(subject: Subject) {
  return subject.apply(annotated(subject.sealed(), { [EPOCH]: undefined }));
}

const MALFORMED = ['', 'eight', '-1', '+8', '08', '8.0', '1e3', '0x10', ' 8', '8 ', '8\n', '٨', '8,000', 'Infinity'];

const NOT_A_NUMBER: Section = {
  title: 'An epoch that is no decimal integer',
  attempts: [
    ...MALFORMED.map((text) =>
      refused(`\`${JSON.stringify(text)}\``, (subject) => subject.annotate({ [EPOCH]: text })),
    ),
    refused('on an object that is made', (subject) => subject.create(subject.sealed({ [EPOCH]: 'eight' })), {
      before: () => Promise.resolve(),
    }),
  ],
};

const HUGE: Section = {
  title: 'An epoch that is far too high',
  attempts: [
    refused('a million and one above', (subject) =>
      subject.annotate({ [EPOCH]: String(Number(IN_FORCE) + 1_000_001) }),
    ),
    refused('18 digits', (subject) => subject.annotate({ [EPOCH]: '9'.repeat(18) })),
    refused('19 digits, still within 64 bits', (subject) => subject.annotate({ [EPOCH]: '9223372036854775807' })),
    refused('one above 64 bits', (subject) => subject.annotate({ [EPOCH]: '9223372036854775808' })),
    refused('10,000 digits', (subject) => subject.annotate({ [EPOCH]: '9'.repeat(10_000) })),
    {
      name: 'a thousand above, as after a rescue',
      outcome: 'taken',
      act: (subject) => subject.annotate({ [EPOCH]: String(Number(IN_FORCE) + 1_000) }),
    },
  ],
};

export const EPOCH_SECTIONS: readonly Section[] = [RIGHTFUL, LOWERED, REMOVED, NOT_A_NUMBER, HUGE];
