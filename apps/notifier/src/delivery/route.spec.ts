import { describe, expect, it } from '@jest/globals';
import { approvalId, instant, siteId } from '#libs/domain';
import { notification } from '../channel/notification-channel.conformance.js';
import { isFor, isWithin, type Route } from './route.js';

const all: Route = { minSeverity: 'info' };
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;
/** A Saturday, three o'clock in the night. */
const NIGHT = instant(Date.UTC(2026, 10, 21, 3));

describe(isFor.name, () => {
  it.each<[what: string, route: Route, isTold: boolean]>([
    ['everything', all, true],
    ['what is severe enough', { minSeverity: 'warning' }, true],
    ['what is not severe enough', { minSeverity: 'critical' }, false],
    ['its group', { ...all, groups: ['bills', 'orders'] }, true],
    ['other groups', { ...all, groups: ['bills'] }, false],
    ['a site that it names', { ...all, sites: ['b'] }, true],
    ['sites that it does not name', { ...all, sites: ['w'] }, false],
    ['at night', { ...all, hours: { from: '22:00', to: '06:00', days: ['friday'], timeZone: 'UTC' } }, true],
    ['by day', { ...all, hours: { from: '06:00', to: '22:00', days: [...days], timeZone: 'UTC' } }, false],
    ['escalation, of what asks nobody', { ...all, afterMs: 60_000 }, false],
  ])('is told or not: %s', (_, route, isTold) => {
    const about = { sites: [siteId('a'), siteId('b')] };
    expect(isFor(route, notification(1, { severity: 'warning', at: NIGHT, about }))).toBe(isTold);
  });

  it('escalates what asks for an approval', () => {
    const asks = notification(1, { rule: 'ask-approval', about: { approval: approvalId('approval-1') } });
    expect(isFor({ ...all, afterMs: 60_000 }, asks)).toBe(true);
  });

  it('tells of what names no site wherever sites are asked for', () => {
    expect(isFor({ ...all, sites: ['b'] }, notification(1))).toBe(true);
  });
});

describe(isWithin.name, () => {
  const nights = { from: '22:00', to: '06:00', days: ['friday'] as const, timeZone: 'Europe/Berlin' };

  it.each([
    ['2026-11-20T20:59:59Z', false],
    ['2026-11-20T21:00:00Z', true],
    ['2026-11-21T04:59:59Z', true],
    ['2026-11-21T05:00:00Z', false],
    ['2026-11-21T21:30:00Z', false],
  ])('at %s of a night that begins on Friday in Berlin: %s', (at, is) => {
    expect(isWithin({ ...nights, days: [...nights.days] }, Date.parse(at))).toBe(is);
  });
});
