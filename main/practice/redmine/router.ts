import { deny, emptyHtml, html, type Answer, type ApiRequest, type Handler } from './answers.js';
import { NotPractised } from './filters.js';
import * as catalogue from './routes-catalogue.js';
import * as issues from './routes-issues.js';
import type { PracticeStore } from './store.js';

interface Route {
  readonly method: string;
  /** `:id` stands for one part of the path. */
  readonly pattern: string;
  readonly handler: Handler;
}

const routes: readonly Route[] = [
  { method: 'GET', pattern: '/users/current', handler: catalogue.currentUser },
  { method: 'GET', pattern: '/users/:id', handler: catalogue.oneUser },
  { method: 'GET', pattern: '/users', handler: catalogue.listUsers },
  { method: 'GET', pattern: '/roles/:id', handler: catalogue.oneRole },
  { method: 'GET', pattern: '/roles', handler: catalogue.listRoles },
  { method: 'GET', pattern: '/projects/:id/memberships', handler: catalogue.listMemberships },
  { method: 'GET', pattern: '/projects/:id/issues', handler: issues.listIssues },
  { method: 'POST', pattern: '/projects/:id/issues', handler: issues.addIssue },
  { method: 'GET', pattern: '/projects/:id', handler: catalogue.oneProject },
  { method: 'GET', pattern: '/projects', handler: catalogue.listProjects },
  { method: 'GET', pattern: '/trackers', handler: catalogue.listTrackers },
  { method: 'GET', pattern: '/issue_statuses', handler: catalogue.listStatuses },
  { method: 'GET', pattern: '/enumerations/issue_priorities', handler: catalogue.listPriorities },
  { method: 'GET', pattern: '/custom_fields', handler: catalogue.listCustomFields },
  { method: 'GET', pattern: '/issues/:id', handler: issues.oneIssue },
  { method: 'GET', pattern: '/issues', handler: issues.listIssues },
  { method: 'POST', pattern: '/issues', handler: issues.addIssue },
  { method: 'PUT', pattern: '/issues/:id', handler: issues.editIssue },
  { method: 'DELETE', pattern: '/issues/:id', handler: issues.removeIssue },
  { method: 'PUT', pattern: '/journals/:id', handler: issues.changeJournal },
];

interface Compiled extends Route {
  readonly test: RegExp;
}
const compiled: readonly Compiled[] = routes.map((route) => ({
  ...route,
  test: new RegExp(`^${route.pattern.replaceAll(':id', '([^/]+)')}$`),
}));

function splitFormat(path: string): { readonly base: string; readonly format: string | null } {
  const found = /^(.*)\.([a-z]+)$/.exec(path);
  return found === null ? { base: path, format: null } : { base: found[1] ?? path, format: found[2] ?? null };
}

function matchRoute(
  method: string,
  path: string,
): { readonly route: Compiled; readonly parts: readonly string[] } | null {
  const { base } = splitFormat(path);
  for (const route of compiled) {
    if (route.method !== method) continue;
    const found = route.test.exec(base);
    if (found !== null) return { route, parts: found.slice(1).map(decodeURIComponent) };
  }
  return null;
}

/** A request's name for counting: `PUT /issues/:id`, or `GET other`. */
export function routeName(method: string, path: string): string {
  const match = matchRoute(method, path);
  return match === null ? `${method} other` : `${method} ${match.route.pattern}`;
}

/** The whole site, apart from HTTP itself: what a request is answered. */
export function respond(store: PracticeStore, request: ApiRequest): Answer {
  const match = matchRoute(request.method, request.path);
  if (request.path === '/') return html(200, 'Practice Redmine');
  if (match === null) return html(404, 'Page not found');
  const { format } = splitFormat(request.path);
  // Pages for people, where an address has no ending; XML and the like are not practised.
  if (format === null) return request.method === 'GET' ? html(200, 'Practice Redmine') : emptyHtml(422);
  if (format !== 'json') return emptyHtml(406);
  if (request.user === null && store.settings.loginRequired) return deny(store, null);
  try {
    return match.route.handler(store, request, match.parts);
  } catch (error) {
    if (error instanceof NotPractised) return html(501, `The practice Redmine has no filter ${error.message}`);
    throw error;
  }
}
