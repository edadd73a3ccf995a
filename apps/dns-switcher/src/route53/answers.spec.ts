import { describe, expect, it } from '@jest/globals';
import { failureOf } from './answers.js';

const error = (name: string, rest: object = {}) => Object.assign(new Error(`said by ${name}`), { name }, rest);
const http = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

describe('what became of a request', () => {
  it.each([
    ['nobody was connected to', error('Error', { code: 'ECONNREFUSED' }), 'transient', 'transient'],
    ['its host has no address', error('Error', { code: 'ENOTFOUND' }), 'transient', 'transient'],
    ['the connection ended', error('Error', { code: 'ECONNRESET' }), 'unknown', 'transient'],
    ['the time was over', error('TimeoutError'), 'unknown', 'transient'],
    ['it was given up', error('AbortError'), 'unknown', 'transient'],
    ['an error of the server', error('InternalFailure', http(500)), 'unknown', 'transient'],
    ['the rate', error('Throttling', http(400)), 'throttled', 'throttled'],
    ['another change', error('PriorRequestNotComplete', http(400)), 'throttled', 'throttled'],
    ['credentials that ended', error('ExpiredToken', http(403)), 'transient', 'transient'],
    ['no credentials', error('CredentialsProviderError'), 'misconfigured', 'misconfigured'],
    ['a right', error('AccessDenied', http(403)), 'misconfigured', 'misconfigured'],
    ['a reason that has no name here', error('SomethingNew', http(400)), 'misconfigured', 'misconfigured'],
  ])('that did not succeed for %s', (_, thrown, ofChange, ofRead) => {
    expect([failureOf(thrown, true).outcome, failureOf(thrown, false).outcome]).toEqual([ofChange, ofRead]);
  });

  it.each([
    ['but it was not found', 'differs'],
    ['but the values provided do not match the current values', 'differs'],
    ['but it already exists', 'differs'],
    ['RRSet … cannot be created as other RRSets exist with the same name and type.', 'misconfigured'],
  ])('that was refused with %j', (message, outcome) => {
    const thrown = Object.assign(new Error(`[Tried … ${message}]`), { name: 'InvalidChangeBatch', ...http(400) });
    expect(failureOf(thrown, true).outcome).toBe(outcome);
  });
});
