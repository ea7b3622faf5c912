import { last, of, switchMap, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  accumulateCompletion,
  chatCompletion$,
  type AccumulatedToolCall,
  type ChatConfig,
  type Message,
} from 'rxjs-chat-completions';
import { contentIn, toolCallsIn } from 'rxjs-chat-completions/fold';
import { assertMarbles, scriptedTransport } from 'rxjs-chat-completions/testing';

/** Sends the messages, runs the tools that the model calls, and sends their results. */
function answer$(config: ChatConfig, messages: readonly Message[]): Observable<string> {
  return chatCompletion$(config, { model: 'any', messages }).pipe(
    accumulateCompletion(),
    last(),
    switchMap(({ choices }) => {
      const calls = choices.flatMap(toolCallsIn);
      if (calls.length === 0) return of(contentIn(choices[0]?.message ?? {}));
      return answer$(config, [...messages, toolCallMessage(calls), ...calls.map(toolResultMessage)]);
    }),
  );
}

const toolCallMessage = (calls: readonly AccumulatedToolCall[]): Message => ({
  role: 'assistant',
  content: null,
  tool_calls: calls.map(({ id, name, arguments: text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  })),
});

const toolResultMessage = ({ id, arguments: text }: AccumulatedToolCall): Message => ({
  role: 'tool',
  tool_call_id: id,
  content: `It rains in ${(JSON.parse(text) as { readonly city: string }).city}.`,
});

it('sends the result of a tool to the model', () => {
  new TestScheduler(assertMarbles).run(({ expectObservable, flush }) => {
    const call = { name: 'weather', arguments: { city: 'Oslo' }, id: 'call_1' };
    const transport = scriptedTransport([{ parts: [{ toolCall: call }] }, 'Take an umbrella.'], {
      dialect: 'openai',
      delayMs: 10,
    });

    const text$ = answer$({ transport }, [{ role: 'user', content: 'Weather in Oslo?' }]);

    expectObservable(text$).toBe('70ms (a|)', { a: 'Take an umbrella.' });
    flush();
    expect(transport.requests[1]?.body).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: 'call_1' }] },
        { role: 'tool', tool_call_id: 'call_1', content: 'It rains in Oslo.' },
      ],
    });
  });
});
