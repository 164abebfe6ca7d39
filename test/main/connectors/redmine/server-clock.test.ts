import { describe, expect, it } from 'vitest';
import { createServerClock, stampOf, toSecond } from '../../../../main/connectors/redmine/server-clock.js';
import { ManualClock } from '../http/manual-clock.js';

const hourMs = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, '');

describe("the server's clock", () => {
  it('is unknown until something was heard', () => {
    const server = createServerClock(new ManualClock());
    expect([server.floorMs(), server.tellsTime()]).toEqual([null, null]);
  });

  it('goes on with ours from what the server said last, and never back', () => {
    const clock = new ManualClock();
    const server = createServerClock(clock);
    server.heard(clock.now() + hourMs);
    clock.advance(5_000);
    expect(server.floorMs()).toBe(clock.now() + hourMs);
    server.heard(clock.now() + hourMs - 900);
    expect(server.floorMs()).toBe(clock.now() + hourMs);
    expect(server.tellsTime()).toBe(true);
  });

  it('is at least what items tell where the server says nothing', () => {
    const clock = new ManualClock();
    const server = createServerClock(clock);
    server.heard(null);
    server.saw([]);
    expect(server.floorMs()).toBeNull();
    server.saw([iso(clock.now() - hourMs), iso(clock.now() - 2 * hourMs), 'nonsense']);
    expect(server.floorMs()).toBe(clock.now() - hourMs);
    clock.advance(1_000);
    expect(server.floorMs()).toBe(clock.now() - hourMs);
  });

  it('is not led astray by an item out of the future', () => {
    const clock = new ManualClock();
    const server = createServerClock(clock);
    server.heard(null);
    server.saw(['2999-01-01T00:00:00Z']);
    expect(server.floorMs()).toBe(clock.now());
  });
});

describe('a stamp', () => {
  const written = Date.parse('2030-01-01T10:00:05Z');
  it('is there only when the second of the writing had passed before we asked', () => {
    const stamp = '2030-01-01T10:00:05Z';
    expect(stampOf(stamp, null)).toBeNull();
    expect(stampOf(stamp, written)).toBeNull();
    expect(stampOf(stamp, written + 999)).toBeNull();
    expect(stampOf(stamp, written + 1_000)).toBe(stamp);
    expect(stampOf(stamp, written - 5_000)).toBeNull();
  });

  it('is cut to the second', () => {
    expect(toSecond(written + 999)).toBe('2030-01-01T10:00:05Z');
  });
});
