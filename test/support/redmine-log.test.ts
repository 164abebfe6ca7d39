import { describe, expect, it } from 'vitest';
import { isWrite, parseRedmineLog } from './redmine-log.js';

const row = (text: string): string => `I, [2026-11-24T04:35:24.858080 #15644]  INFO -- : ${text}\n`;

describe("Redmine's log", () => {
  it('puts the lines of a request together by its id, however threads mix them', () => {
    const text = [
      row('[aa-1] Started PUT "/issues/7.json?x=1" for 127.0.0.1 at 2026-11-24 04:35:24 +0000'),
      row('[bb-2] Started GET "/issues.json" for 127.0.0.1 at 2026-11-24 04:35:24 +0000'),
      row('[bb-2]   Current user: anonymous'),
      row('[bb-2] Completed 401 Unauthorized in 4ms (ActiveRecord: 0.4ms | Allocations: 1406)'),
      row('[aa-1]   Current user: o (id=3) b (id=6)'),
      row('[aa-1] Completed 204 No Content in 84ms (Views: 10.1ms)'),
      row('[cc-3] Started DELETE "/issues/7.json" for 127.0.0.1 at 2026-11-24 04:35:25 +0000'),
    ].join('');
    expect(parseRedmineLog(text)).toEqual([
      { method: 'PUT', path: '/issues/7.json?x=1', login: 'o (id=3) b', status: 204 },
      { method: 'GET', path: '/issues.json', login: null, status: 401 },
      { method: 'DELETE', path: '/issues/7.json', login: null, status: null },
    ]);
  });

  it('takes nothing out of what a request carried', () => {
    const text =
      row('[aa-1] Started GET "/" for 127.0.0.1 at x') +
      row('[aa-1]   Parameters: {"notes"=>"I, [x]  INFO -- : [b] Started POST \\"/\\" for ::1"}') +
      'W, [2026-11-24T04:35:22.515324 #15644]  WARN -- : Creating scope :system.\n';
    expect(parseRedmineLog(text)).toHaveLength(1);
  });

  it('refuses a start line that it cannot read, for a write must not go uncounted', () => {
    expect(() => parseRedmineLog(row('[aa-1] Started POST /issues.json'))).toThrow('does not know');
  });

  it('counts whatever is no plain reading as a write', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
    expect(methods.filter((method) => isWrite({ method, path: '/', login: null, status: null }))).toEqual([
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
    ]);
  });
});
