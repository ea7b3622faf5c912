// What the examples use of NgRx, which is not installed here.

declare module '@ngrx/store' {
  export interface Action<Type extends string = string> {
    readonly type: Type;
  }
  export interface ActionCreator<Type extends string, Fields extends object> {
    (fields: Fields): Fields & Action<Type>;
    readonly type: Type;
  }
  // Its type parameter is how the fields are named: there is no value to infer them from.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  export function props<Fields extends object>(): Fields;
  export function createAction<Type extends string>(type: Type): (() => Action<Type>) & Action<Type>;
  export function createAction<Type extends string, Fields extends object>(
    type: Type,
    fields: Fields,
  ): ActionCreator<Type, Fields>;
}

declare module '@ngrx/effects' {
  import type { Action } from '@ngrx/store';
  import type { Observable, OperatorFunction } from 'rxjs';

  export type Actions = Observable<Action>;
  export const Actions: abstract new () => Actions;
  export function ofType<A extends Action>(creator: (...args: never[]) => A): OperatorFunction<Action, A>;
  export function createEffect<Effect extends () => Observable<Action>>(
    effect: Effect,
    options?: { readonly functional?: boolean },
  ): Effect;
}
