import * as t from 'io-ts';
import { annotate } from 'rxjs-chat-completions/structured';

/** A recipe. Its JSON Schema goes to the model. */
export const Recipe = t.type(
  {
    name: t.string,
    minutes: annotate(t.Int, { description: 'Total time in minutes' }),
    servings: t.Int,
    ingredients: t.array(t.type({ amount: t.string, item: t.string })),
    steps: t.array(t.string),
  },
  'Recipe',
);
export type Recipe = t.TypeOf<typeof Recipe>;
/** A recipe as JSON. */
export type RecipeJson = t.OutputOf<typeof Recipe>;
