import { describe, expect, it } from '@jest/globals';
import { epoch } from '#libs/domain';
import type { FlowStatus } from '../connector-status.js';
import type { HeldMirrorMaker, HeldObject } from './held-mirror-maker.js';
import { progressOf } from './progress.js';

const running = { connector: 'RUNNING', tasks: ['RUNNING'] };
const stopped = { connector: 'STOPPED', tasks: [] };
const both = (one: FlowStatus['source'], other = one): FlowStatus => ({ source: one, checkpoint: other });

type Change = Partial<HeldObject & Pick<HeldMirrorMaker, 'status'>>;

const held = (change: Change = {}): HeldMirrorMaker => ({
  name: 'KafkaMirrorMaker2 kafka/a-to-b',
  objects: [object(change)],
  sourceAlias: 'a',
  connectors: { source: 's', checkpoint: 'c' },
  positions: { at: 'sourceConnector', listed: 'l', altered: 'm' },
  offsetsKey: 's.json',
  status: 'status' in change ? change.status : both(running),
});

const object = (change: Partial<HeldObject>): HeldObject => ({
  name: 'KafkaMirrorMaker2 kafka/a-to-b',
  version: '1',
  generation: 2,
  observedGeneration: 2,
  epoch: epoch(1),
  stamps: {},
  wanted: ['running', 'running'],
  asked: undefined,
  askedOf: {},
  isPaused: false,
  replicas: 1,
  conditions: [{ type: 'Ready', status: 'True' }],
  turnedTo: () => ({}),
  ...change,
});

describe(progressOf.name, () => {
  it.each<[string, Change, 'running' | 'stopped']>([
    ['settled', {}, 'running'],
    ['settled', { status: both(stopped) }, 'stopped'],
    ['settled', { status: both(running, { connector: 'RUNNING', tasks: [] }) }, 'running'],
    ['not-taken-up', { observedGeneration: 1 }, 'running'],
    ['not-taken-up', { observedGeneration: 0, conditions: [], status: undefined }, 'running'],
    ['paused', { isPaused: true, observedGeneration: 1 }, 'running'],
    ['paused', { conditions: [{ type: 'ReconciliationPaused', status: 'True' }] }, 'running'],
    ['without-replicas', { replicas: 0 }, 'stopped'],
    ['not-ready', { conditions: [{ type: 'NotReady', status: 'True', reason: 'ConnectException' }] }, 'running'],
    ['not-ready', { conditions: [] }, 'running'],
    ['not-there-yet', { status: both(stopped) }, 'running'],
    ['not-there-yet', { status: both(running, stopped) }, 'stopped'],
    ['not-there-yet', { status: both({ connector: 'RUNNING', tasks: ['FAILED'] }, running) }, 'running'],
    ['not-there-yet', { status: both({ connector: 'RUNNING', tasks: [] }, running) }, 'running'],
    ['not-there-yet', { status: undefined }, 'stopped'],
  ])('is %s with %j where %s is wanted', (state, change, expected) => {
    expect(progressOf(held(change), expected).state).toBe(state);
  });

  it('says what to look at', () => {
    const conditions = [{ type: 'NotReady', status: 'True', reason: 'ConnectException', message: 'no route to host' }];
    expect(progressOf(held({ conditions }), 'running')).toEqual({
      state: 'not-ready',
      problem: 'the cluster operator says ConnectException: no route to host',
    });
  });

  it('names every object that is in the way where there are several, and quotes why a task failed', () => {
    const conditions = [{ type: 'NotReady', status: 'True', reason: 'Throwable', message: 'tasks have failed: 0' }];
    const failed = { connector: 'RUNNING', tasks: ['FAILED'], failure: 'no room' };
    const objects = [
      object({ name: 'KafkaConnector kafka/source', observedGeneration: 1 }),
      object({ name: 'KafkaConnector kafka/checkpoint', conditions }),
    ];
    expect(progressOf({ ...held(), objects, status: both(running, failed) }, 'running')).toEqual({
      state: 'not-taken-up',
      problem:
        'KafkaConnector kafka/source: the cluster operator has seen generation 1 of 2: look whether it runs; ' +
        'KafkaConnector kafka/checkpoint: the cluster operator says Throwable: tasks have failed: 0; no room',
    });
  });
});
