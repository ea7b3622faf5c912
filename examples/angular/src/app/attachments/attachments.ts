import { ChangeDetectionStrategy, Component, model } from '@angular/core';

/** The images of the next message, each with a button that removes it. */
@Component({
  selector: 'app-attachments',
  template: `
    @for (url of images(); track $index) {
      <li>
        <img [src]="url" [alt]="'Image ' + ($index + 1)" />
        <button type="button" [attr.aria-label]="'Remove image ' + ($index + 1)" (click)="remove($index)">
          ×
        </button>
      </li>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
      margin-bottom: 0.45rem;
      list-style: none;
    }
    li {
      position: relative;
    }
    img {
      display: block;
      width: 5rem;
      height: 5rem;
      border-radius: 10px;
      object-fit: cover;
    }
    button {
      position: absolute;
      top: 0;
      right: 0;
      padding: 0 0.5rem;
    }
  `,
  host: { role: 'list', 'aria-label': 'Attached images' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Attachments {
  readonly images = model.required<readonly string[]>();

  remove(index: number): void {
    this.images.update((images) => images.filter((_, place) => place !== index));
  }
}
