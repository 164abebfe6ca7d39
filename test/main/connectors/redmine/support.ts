import type { MapContext } from '../../../../main/connectors/redmine/map.js';
import { issueSchema } from '../../../../main/connectors/redmine/wire.js';
import type { WireIssue } from '../../../../main/connectors/redmine/wire.js';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../../main/connectors/http/index.js';

export const createdOn = '2030-01-01T10:00:00Z';

/** An issue as Redmine writes it; what is given takes the place of the defaults. */
export function issue(over: Readonly<Record<string, unknown>> = {}): WireIssue {
  return issueSchema.parse({
    id: 7,
    project: { id: 1, name: 'Project' },
    tracker: { id: 1, name: 'Bug' },
    status: { id: 1, name: 'New', is_closed: false },
    priority: { id: 2, name: 'Normal' },
    author: { id: 5, name: 'Alice Anders' },
    subject: 'Subject',
    description: 'Text',
    start_date: null,
    due_date: null,
    done_ratio: 0,
    is_private: false,
    created_on: createdOn,
    updated_on: createdOn,
    journals: [],
    ...over,
  });
}

export interface JournalSpec {
  readonly id: number;
  readonly at: string;
  readonly notes?: string | null;
  readonly userId?: number | null;
  readonly isPrivate?: boolean;
  /** name, old value, new value. */
  readonly changes?: readonly (readonly [string, string | null, string | null])[];
}

export function journal(spec: JournalSpec): Readonly<Record<string, unknown>> {
  return {
    id: spec.id,
    ...(spec.userId === null ? {} : { user: { id: spec.userId ?? 5, name: 'Alice Anders' } }),
    notes: spec.notes ?? '',
    created_on: spec.at,
    private_notes: spec.isPrivate ?? false,
    details: (spec.changes ?? []).map(([name, from, to]) => ({
      property: name.startsWith('cf:') ? 'cf' : name.startsWith('relation:') ? 'relation' : 'attr',
      name: name.replace(/^\w+:/, ''),
      old_value: from,
      new_value: to,
    })),
  };
}

export function context(over: Partial<MapContext> = {}): MapContext {
  return {
    baseUrl: 'https://redmine.example.test/pm',
    markerFieldId: null,
    parentFieldsDerived: true,
    forbidden: new Set(),
    seesPrivateNotes: true,
    floorMs: null,
    ...over,
  };
}

export interface StubAnswer {
  readonly json: unknown;
  readonly serverTimeMs?: number;
}

/** Answers out of a function; notes what was asked. */
export function stubHttp(answerTo: (request: HttpRequest) => StubAnswer): {
  readonly http: HttpClient;
  readonly requests: HttpRequest[];
} {
  const requests: HttpRequest[] = [];
  const http: HttpClient = {
    request: async (request): Promise<HttpAnswer> => {
      requests.push(request);
      const { json, serverTimeMs } = answerTo(request);
      return {
        status: 200,
        headers: {},
        json,
        text: JSON.stringify(json),
        serverTimeMs: serverTimeMs ?? null,
        requestId: `r${String(requests.length)}`,
        durationMs: 1,
      };
    },
    redact: (text) => text,
    close: () => undefined,
  };
  return { http, requests };
}
