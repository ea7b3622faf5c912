import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import ts from 'typescript';

const root = resolve(__dirname, '..');
const entries = {
  'rxjs-chat-completions': 'lib/index.ts',
  'rxjs-chat-completions/angular': 'lib/angular/index.ts',
  'rxjs-chat-completions/testing': 'lib/testing/index.ts',
  'rxjs-chat-completions/testing/server': 'lib/testing/server.ts',
};

const { options } = ts.parseJsonConfigFileContent(
  ts.parseConfigFileTextToJson('tsconfig.json', readFileSync(resolve(root, 'tsconfig.json'), 'utf8')).config,
  ts.sys,
  root,
);
const program = ts.createProgram({
  rootNames: Object.values(entries).map((file) => resolve(root, file)),
  options,
});
const checker = program.getTypeChecker();

/** What an entry point exports, in order of the alphabet. */
function exportsOf(entry: keyof typeof entries): readonly ts.Symbol[] {
  const source = program.getSourceFile(resolve(root, entries[entry]));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entries[entry]} is no module`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isValue = ({ flags }: ts.Symbol): boolean => (flags & ts.SymbolFlags.Value) !== 0;
const namesOf = (symbols: readonly ts.Symbol[]): readonly string[] => symbols.map(({ name }) => name);
const values = (entry: keyof typeof entries) => namesOf(exportsOf(entry).filter(isValue)).join('\n');
const types = (entry: keyof typeof entries) =>
  namesOf(exportsOf(entry).filter((symbol) => !isValue(symbol))).join('\n');

/** What the names are for, as an editor shows it. */
const docOf = (symbol: ts.Symbol): string => ts.displayPartsToString(symbol.getDocumentationComment(checker));
const everyName = (Object.keys(entries) as ReadonlyArray<keyof typeof entries>).flatMap(exportsOf);

describe('rxjs-chat-completions', () => {
  it('exports these values', () => {
    expect(values('rxjs-chat-completions')).toMatchInlineSnapshot(`
      "AbortedError
      Annotation
      Annotations
      AnswerAudio
      BadJson
      ChatCompletion
      ChatCompletionChunk
      ChatTimeoutError
      ChunkChoice
      ChunkFailed
      CompletionChoice
      CompletionMessage
      ConnectionError
      Content
      ContentPart
      CustomCall
      Delta
      Embedding
      Embeddings
      FunctionCall
      HttpError
      LimitError
      LogprobToken
      Logprobs
      Model
      ModelList
      ProtocolError
      ReadGate
      ReasoningDetail
      RequestError
      SchemaMismatch
      ServerError
      ToolCall
      ToolCallDelta
      TruncatedError
      Usage
      accumulateCompletion
      accumulateContent
      accumulateReasoning
      accumulateToolCalls
      addChunk
      addContent
      addReasoning
      addToolCalls
      chatCompletion$
      chatErrorFrom
      chatTimeout
      completion$
      concatMapGated
      contentDeltas
      contentIn
      contentOf
      continueOnTruncation
      decodeChunk
      decodeWith
      defaultPolicy
      embeddings$
      emptyCompletion
      exponentialBackoff
      fallbackTo
      fetchTransport
      finishKind
      finishReasonOf
      fromEither
      hedge$
      honourRetryAfter
      isChatError
      markOf
      markedChunk
      models$
      modelsIn
      noToolCalls
      ollama
      onlyRetryable
      orFail
      orSkip
      perFrame
      reasoningIn
      reasoningOf
      refusalOf
      retryAfterMs
      retryChat
      shareCompletion
      smoothText
      splitThinking
      tapMetrics
      toAsyncIterable
      toChatState
      toEither
      toServerSentEvents
      toText
      toolCallsIn
      usageOf"
    `);
  });

  it('exports these types', () => {
    expect(types('rxjs-chat-completions')).toMatchInlineSnapshot(`
      "AccumulatedToolCall
      AllowedTools
      AssistantContentPart
      AssistantFields
      AssistantMessage
      AudioOutput
      BackoffOptions
      Bytes
      ChatConfig
      ChatError
      ChatHooks
      ChatMetrics
      ChatRequest
      ChatState
      ChatStatus
      ChatTimeoutOptions
      ChatTimeouts
      ChoiceOptions
      ChunkError
      ChunkErrorPolicy
      ChunkReader
      ChunkStep
      Codec
      CompletionTokensDetails
      ContinueOptions
      CustomTool
      CustomToolCall
      CustomToolFormat
      Decoded
      DeepSeekExtras
      DeveloperMessage
      EmbeddingsRequest
      EmbeddingsUsage
      ErrorDetails
      FailedAttempt
      FallbackOptions
      FetchTransportOptions
      FilePart
      FinishKind
      FoldOptions
      FunctionDefinition
      FunctionMessage
      FunctionTool
      FunctionToolCall
      GroqExtras
      HedgeOptions
      HttpErrorFields
      ImagePart
      InputAudioPart
      JsonObjectFormat
      JsonSchema
      JsonSchemaFormat
      LimitKind
      Limits
      LlamaCppExtras
      Mark
      Message
      MessageToolCall
      MistralExtras
      Moderation
      ModerationRule
      NamedCustomTool
      NamedFunction
      OllamaExtras
      OpenRouterCutoff
      OpenRouterExtras
      OpenRouterPlugin
      OpenRouterProvider
      OpenRouterReasoning
      PerFrameOptions
      PlannedRetry
      Prediction
      Profile
      PromptCacheBreakpoint
      PromptCacheOptions
      PromptTokensDetails
      ReasoningEffort
      ReasoningFields
      RefusalPart
      ResponseFormat
      ResponseHead
      RestartOptions
      RetryOptions
      RetryPolicy
      SendRequest
      ServerExtras
      ServerSentEvent
      ServerSentEventsOptions
      ShareOptions
      SmoothTextOptions
      SplitThinkingOptions
      StreamOptions
      SystemMessage
      TapMetricsOptions
      TextFormat
      TextPart
      ThinkingPart
      TimeoutOptions
      TimeoutPhase
      TokenLogprob
      Tool
      ToolCallsState
      ToolChoice
      ToolMessage
      Transport
      TransportRequest
      UrlCitation
      UserContentPart
      UserMessage
      VideoPart
      VllmExtras
      VllmStructuredOutputs
      WebSearchOptions"
    `);
  });
});

describe('rxjs-chat-completions/angular', () => {
  it('exports these values', () => {
    expect(values('rxjs-chat-completions/angular')).toMatchInlineSnapshot(`
      "CHAT_COMPLETIONS
      CHAT_COMPLETIONS_CONFIG
      historyOf
      httpClientTransport
      injectChatCompletions
      injectConversation
      outsideAngular
      provideChatCompletions
      withFetch
      withHttpClient
      withRetry"
    `);
  });

  it('exports these types', () => {
    expect(types('rxjs-chat-completions/angular')).toMatchInlineSnapshot(`
      "ChatClient
      ChatFeature
      Conversation
      ConversationAnswer
      ConversationEntry
      ConversationOptions
      ConversationRequest
      ConversationSaid
      ConversationStatus"
    `);
  });
});

describe('rxjs-chat-completions/testing', () => {
  it('exports these values', () => {
    expect(values('rxjs-chat-completions/testing')).toMatchInlineSnapshot(`
      "assertMarbles
      bytesOf
      commentFrame
      demoModel
      dialect
      doneFrame
      errorFrame
      eventFrame
      finishChunk
      head200
      marbleTransport
      rawBytesOf
      rawFrame
      reasoningChunk
      recordTransport
      replayTransport
      responseHead
      scriptedFetch
      scriptedTransport
      tapeOf
      tapeText
      textChunk
      toolCallChunk
      toolCallChunks
      usageChunk"
    `);
  });

  it('exports these types', () => {
    expect(types('rxjs-chat-completions/testing')).toMatchInlineSnapshot(`
      "Answer
      ChunkBuilder
      Dialect
      DialectContext
      DialectName
      HttpFailure
      MarbleTransport
      Part
      RecordOptions
      ReplayOptions
      Reply
      Script
      ScriptOptions
      ScriptedFetch
      ScriptedRequest
      ScriptedToolCall
      ScriptedTransport
      SentRequest
      ServerFrame
      Tape
      TapeRead
      Tokens
      Unreachable
      WholeAnswer
      Wire"
    `);
  });
});

describe('rxjs-chat-completions/testing/server', () => {
  it('exports these values', () => {
    expect(values('rxjs-chat-completions/testing/server')).toMatchInlineSnapshot(`"startScriptedServer"`);
  });

  it('exports these types', () => {
    expect(types('rxjs-chat-completions/testing/server')).toMatchInlineSnapshot(`
      "ScriptedServer
      ScriptedServerOptions"
    `);
  });
});

describe('every public name', () => {
  it('says in a sentence what it is for', () => {
    const silent = everyName.filter((symbol) => docOf(symbol).trim() === '');
    expect(namesOf(silent)).toEqual([]);
  });

  it('shows an example, when it is a function', () => {
    const bare = everyName.filter(
      (symbol) =>
        isValue(symbol) &&
        checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0 &&
        !symbol.getJsDocTags(checker).some(({ name }) => name === 'example'),
    );
    expect(namesOf(bare)).toEqual([]);
  });
});
