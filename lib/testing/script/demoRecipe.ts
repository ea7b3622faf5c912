import { fieldsOf } from '../../codec/isRecord';
import type { Answer } from './Reply';

const RECIPE = {
  name: 'Pancakes',
  minutes: 25,
  servings: 4,
  ingredients: [
    { amount: '200 g', item: 'flour' },
    { amount: '3', item: 'eggs' },
    { amount: '400 ml', item: 'milk' },
    { amount: '1 pinch', item: 'salt' },
    { amount: '2 tbsp', item: 'butter' },
  ],
  steps: [
    'Whisk the flour, the eggs, the milk and the salt to a smooth batter.',
    'Let the batter rest for ten minutes.',
    'Melt a little butter in a hot pan and pour in a ladle of batter.',
    'Turn the pancake when the top is dry, and bake the other side for a minute.',
  ],
};

/** Characters in a delta of the JSON. */
const DELTA_LENGTH = 5;

/** Name of the recipe where another dish was requested. */
const OTHER_NAME = 'Pancakes, the only recipe of this scripted model';

/**
 * Returns a recipe as JSON, or `undefined` if the request has no JSON Schema `Recipe`.
 *
 * @param body - The body of the request.
 * @param question - The last question, which names the dish.
 */
export function demoRecipe(body: unknown, question: string): Answer | undefined {
  const { json_schema: schema } = fieldsOf(fieldsOf(body).response_format);
  if (fieldsOf(schema).name !== 'Recipe') return undefined;
  const json = JSON.stringify(/pancake/i.test(question) ? RECIPE : { ...RECIPE, name: OTHER_NAME });
  const deltas = Array.from({ length: Math.ceil(json.length / DELTA_LENGTH) }, (_, i) =>
    json.slice(i * DELTA_LENGTH, (i + 1) * DELTA_LENGTH),
  );
  return { parts: [{ text: deltas }] };
}
