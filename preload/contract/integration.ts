import { z } from 'zod';
import { fieldValueSchema } from './values.js';

/** The integration file: what a user writes, in YAML, and what `integration schema` prints as JSON Schema. */

export const policySchema = z
  .enum(['left', 'right', 'newest', 'ask'])
  .describe('Who wins when both sides changed the same field: a side, the later change, or the user.');
export type Policy = z.infer<typeof policySchema>;

export const initialRuleSchema = z
  .enum(['left', 'right', 'newest', 'ask'])
  .describe('Which side counts when two existing items become a pair and differ.');
export type InitialRule = z.infer<typeof initialRuleSchema>;

export const directionSchema = z.enum(['both', 'left-to-right', 'right-to-left']).describe('Which way changes flow.');
export type Direction = z.infer<typeof directionSchema>;

const name = z.string().trim().min(1).max(200);

export const sideScopeSchema = z.strictObject({
  connection: name.describe('Name of a connection, as `connection list` shows it.'),
  scope: name.describe('Project (or repository, table): its key, identifier or id.'),
});

const optionPairSchema = z.strictObject({
  left: name.describe('Name or id of the option on the left.'),
  right: name.describe('Name or id of the option on the right.'),
});
export type OptionPair = z.infer<typeof optionPairSchema>;
export type SideScope = z.infer<typeof sideScopeSchema>;

export const typePairsSchema = z
  .array(optionPairSchema)
  .min(1)
  .describe('Which item types belong together. Others stay out.');

export const fieldMappingSchema = z.strictObject({
  left: name.describe('Field on the left: its id or name, as `connection test NAME --scope SCOPE` lists it.'),
  right: name.describe('Field on the right.'),
  direction: directionSchema.optional(),
  policy: policySchema.optional(),
  newestElse: z
    .enum(['left', 'right'])
    .optional()
    .describe('With policy newest: the side that wins where the times cannot tell. Without it, the user is asked.'),
  initial: initialRuleSchema.optional(),
  fillEmpty: z.boolean().optional().describe('On a new pair, fill an empty field from the other side. Default true.'),
  values: z
    .union([z.literal('by-name'), z.array(optionPairSchema).min(1)])
    .optional()
    .describe('Which options belong together. Default: those of the same name.'),
});
export type FieldMappingConfig = z.infer<typeof fieldMappingSchema>;

const commentsSchema = z.strictObject({
  direction: z.enum(['both', 'left-to-right', 'right-to-left', 'none']).default('both'),
  policy: z
    .enum(['left', 'right', 'ask'])
    .default('ask')
    .describe('Who wins when the same comment was edited on both sides.'),
  deletions: z
    .enum(['ignore', 'delete'])
    .default('ignore')
    .describe('What becomes of a comment whose twin was deleted.'),
});

const brakesSchema = z.strictObject({
  creates: z.number().int().min(0).default(200).describe('Stop when a run would create more items than this.'),
  closes: z.number().int().min(0).default(50).describe('Stop when a run would close, delete or unpair more than this.'),
  closesPercent: z.number().min(0).max(100).default(20).describe('The same, in percent of all pairs (10 or more).'),
  changedPercent: z
    .number()
    .min(0)
    .max(100)
    .default(50)
    .describe('Stop when more than this share of all pairs (20 or more) would change at once.'),
  clockSkewSeconds: z.number().min(1).default(300),
});

export const integrationSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use small letters, digits and hyphens')
    .describe('What you call it on the command line.'),
  left: sideScopeSchema,
  right: sideScopeSchema,
  types: typePairsSchema,
  create: z
    .enum(['both', 'left-to-right', 'right-to-left', 'none'])
    .default('both')
    .describe('Where an item without a twin may be created.'),
  match: z
    .strictObject({
      left: name.describe('Field on the left whose value names the twin.'),
      right: name.describe('Field on the right that holds the same value.'),
      initial: z
        .enum(['left', 'right', 'ask'])
        .default('ask')
        .describe('Which side counts in fields that differ when two items are matched.'),
    })
    .optional()
    .describe('Match items that exist on both sides before creating any.'),
  policy: policySchema.default('ask'),
  newestElse: z.enum(['left', 'right']).optional(),
  fields: z.array(fieldMappingSchema).min(1),
  users: z
    .array(optionPairSchema)
    .default([])
    .describe('Who is who: login, name, mail or id. A user who is not in the table is left alone and reported.'),
  comments: commentsSchema.prefault({}),
  brakes: brakesSchema.prefault({}),
});
export type IntegrationConfig = z.infer<typeof integrationSchema>;

export function integrationJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(integrationSchema, { io: 'input' }),
    $id: 'https://lockstep.invalid/integration.schema.json',
    title: 'Lockstep integration',
  };
}

export const resolutionSchema = z.union([
  z.strictObject({ take: z.enum(['left', 'right']) }),
  z.strictObject({ take: z.literal('value'), value: fieldValueSchema }),
]);
