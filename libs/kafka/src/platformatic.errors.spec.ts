import { describe, expect, it } from '@jest/globals';
import { AuthenticationError, NetworkError, ResponseError, TimeoutError, UserError } from '@platformatic/kafka';
import { isOutage, loginRefusedBy, refusedBy, rootMessage } from './platformatic.errors.js';

const METADATA = 3;
const answered = (code: number) => new ResponseError(METADATA, 12, { '/': [code, null] }, {});

describe('what the client throws', () => {
  it('is an outage when the network or the broker failed, and never when we did', () => {
    expect(isOutage(new NetworkError('Connection closed'))).toBe(true);
    expect(isOutage(new TimeoutError('Request timed out'))).toBe(true);
    expect(isOutage(new UserError('Broker requires TLS.'))).toBe(false);
    expect(isOutage(new NetworkError('failed', { cause: new UserError('TLS handshake failed.') }))).toBe(false);
    expect(isOutage(new TypeError('x is not a function'))).toBe(false);
  });

  it('is a refused login only when the broker said so', () => {
    const saysNo = new NetworkError('failed', {
      cause: new AuthenticationError('SASL authentication failed.', { cause: answered(58) }),
    });
    expect(loginRefusedBy('a:9092', saysNo)).toMatchObject({ code: 'SB_KAFKA_AUTHENTICATION' });
    const lostMeanwhile = new AuthenticationError('no mechanism', { cause: new TimeoutError('Request timed out') });
    expect(loginRefusedBy('a:9092', lostMeanwhile)).toBeUndefined();
    expect(loginRefusedBy('a:9092', new NetworkError('Connection closed'))).toBeUndefined();
  });

  it('is a refusal when it is the answer, and passing when leadership is on the move', () => {
    expect(refusedBy('cluster a', 'topic t', answered(29))).toMatchObject({ reason: 'TOPIC_AUTHORIZATION_FAILED' });
    expect(refusedBy('cluster a', 'topic t', answered(6))).toMatchObject({ code: 'SB_UNAVAILABLE', retryable: true });
    expect(refusedBy('cluster a', 'topic t', new NetworkError('Connection closed'))).toBeUndefined();
  });

  it('is told by its root', () => {
    const refused = new NetworkError('Connection failed.', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
    expect(rootMessage(refused)).toBe('connect ECONNREFUSED 127.0.0.1:1');
  });
});
