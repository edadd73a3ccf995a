import { describe, expect, it } from '@jest/globals';
import { problemsAfter, type Loose } from '../../../../test/support/broken-topology.js';

const SECRET = { file: '/run/secrets/slack' };

/** A Slack channel in which all is well. */
function inSlack(document: Loose): Loose {
  document.api.tokens.push({ name: 'slack-relay', role: 'relay', sha256: '0'.repeat(64) });
  document.approval = { groups: { dba: ['bob'] } };
  const channel = {
    id: 'ops',
    kind: 'slack',
    team: 'T012AB3CD',
    channel: 'C012AB3CD',
    botToken: SECRET,
    relayToken: SECRET,
    connection: { kind: 'socket', appToken: SECRET },
    people: { U012AB3CD: 'alice', U034EF5GH: 'bob' },
    userGroups: { dba: 'S012AB3CD' },
  };
  document.channels.push(channel);
  return channel;
}

describe('the check of a Slack channel', () => {
  it('finds nothing wrong where its relay and its people are known', () => {
    expect(problemsAfter((document) => void inSlack(document))).toEqual([]);
  });

  it('says everything at once: no token of its relay, and people and groups that nobody knows', () => {
    const problems = problemsAfter((document) => {
      const channel = inSlack(document);
      document.api.tokens.pop();
      Object.assign(channel.people, { U056IJ7KL: 'alcie', U078MN9OP: 'mallory' });
      channel.userGroups.leads = 'S034EF5GH';
    });
    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      'channels[2].people.U056IJ7KL',
      'channels[2].people.U078MN9OP',
      'channels[2].relayToken',
      'channels[2].userGroups.leads',
    ]);
  });

  it('takes neither a viewer nor the relay itself for somebody who answers', () => {
    const problems = problemsAfter((document) => {
      const channel = inSlack(document);
      document.api.tokens.push({ name: 'vera', role: 'viewer', sha256: '1'.repeat(64) });
      channel.people = { U012AB3CD: 'vera', U034EF5GH: 'slack-relay' };
    });
    expect(problems.map(({ path }) => path)).toEqual(['channels[2].people.U012AB3CD', 'channels[2].people.U034EF5GH']);
  });
});
