import { describe, expect, it } from '@jest/globals';
import { isHalted, isSettled, mirrorState, type ConnectorStatus, type FlowStatus } from './connector-status.js';

const connector = (state: string, ...tasks: string[]): ConnectorStatus => ({ connector: state, tasks });
const flow = (source: ConnectorStatus, checkpoint: ConnectorStatus): FlowStatus => ({ source, checkpoint });
const running = connector('RUNNING', 'RUNNING');
const stopped = connector('STOPPED');

describe('mirrorState', () => {
  it('is running while neither connector was told to halt, whatever its health', () => {
    expect(mirrorState(flow(running, running))).toBe('running');
    expect(mirrorState(flow(connector('FAILED'), connector('UNASSIGNED')))).toBe('running');
  });

  it('is stopped as soon as one of the two is, so that sealing a half-stopped flow does not set it going', () => {
    expect(mirrorState(flow(stopped, running))).toBe('stopped');
    expect(mirrorState(flow(running, stopped))).toBe('stopped');
    expect(mirrorState(flow(connector('PAUSED', 'PAUSED'), running))).toBe('stopped');
  });
});

describe('isHalted', () => {
  it('tells a flow that rests from one that was set going again in part', () => {
    expect(isHalted(flow(stopped, connector('PAUSED', 'PAUSED')))).toBe(true);
    expect(isHalted(flow(running, stopped))).toBe(false);
    expect(isHalted(flow(stopped, running))).toBe(false);
  });
});

describe('isSettled', () => {
  it('is stopped only when both connectors are and no task is left', () => {
    expect(isSettled('stopped', flow(stopped, stopped))).toBe(true);
    expect(isSettled('stopped', flow(stopped, running))).toBe(false);
    expect(isSettled('stopped', flow(connector('STOPPED', 'RUNNING'), stopped))).toBe(false);
    expect(isSettled('stopped', flow(connector('PAUSED'), stopped))).toBe(false);
  });

  it('is running only when the source has a task and none is ill', () => {
    expect(isSettled('running', flow(running, connector('RUNNING')))).toBe(true);
    expect(isSettled('running', flow(connector('RUNNING'), running))).toBe(false);
    expect(isSettled('running', flow(connector('RUNNING', 'RUNNING', 'FAILED'), running))).toBe(false);
    expect(isSettled('running', flow(running, stopped))).toBe(false);
  });
});
