// libedit as plain functions: an editor that hands every key but the inserting ones to a handler.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CTerminal.h"

#include <errno.h>
#include <histedit.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

_Static_assert(sizeof(wchar_t) == sizeof(uint32_t), "wide characters are Unicode scalars");

struct Editor {
  EditLine *line;
  FILE *nowhere;  // libedit's complaints about terminal types
  EditorHandler handler;
  void *context;
  char *prompt;
  int submitted;
  int every_character;
  uint32_t character;
};

static const char prompt_marker = 1;

// MARK: Signals while a line is read

static atomic_int window_changed;
static atomic_int stop_wanted;

static void note_window(int number) {
  (void)number;
  atomic_store(&window_changed, 1);
  signals_wake();
}

static void note_stop(int number) {
  (void)number;
  atomic_store(&stop_wanted, 1);
  signals_wake();
}

static void set_handler(int number, void (*handler)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

// Ctrl-Z: the terminal as it was for the shell, ours again when the process continues.
static void stop_process(Editor *editor) {
  atomic_store(&stop_wanted, 0);
  terminal_bracketed_paste(0);
  el_set(editor->line, EL_PREP_TERM, 0);
  set_handler(SIGTSTP, SIG_DFL);
  raise(SIGTSTP);
  set_handler(SIGTSTP, note_stop);
  el_set(editor->line, EL_PREP_TERM, 1);
  terminal_bracketed_paste(1);
  el_set(editor->line, EL_REFRESH);
}

// Private characters: what a signal means, read as if it were a key. Bound in `editor_open`.
enum { interrupt_character = 0x03, resize_character = 0x1f, any_character = 0x1e };

// Waits for one byte: 1, or 0 at the end of input. What a signal asks for is done first.
static int read_byte(Editor *editor, unsigned char *byte) {
  for (;;) {
    if (interrupts_pending()) {
      interrupts_clear();
      *byte = interrupt_character;
      return 1;
    }
    if (atomic_exchange(&window_changed, 0)) {
      el_resize(editor->line);
      *byte = resize_character;
      return 1;
    }
    if (atomic_load(&stop_wanted)) {
      stop_process(editor);
      continue;
    }
    if (terminal_take_back(byte)) return 1;
    if (!terminal_wait()) continue;
    ssize_t count = read(STDIN_FILENO, byte, 1);
    if (count > 0) return 1;
    if (count == 0 || (errno != EINTR && errno != EAGAIN)) return 0;
  }
}

static Editor *editor_of(EditLine *line) {
  void *editor = NULL;
  el_get(line, EL_CLIENTDATA, &editor);
  return editor;
}

// libedit's source of characters: UTF-8 decoded; bytes that are not UTF-8 are left out.
static int read_unicode(Editor *editor, wchar_t *character) {
  mbstate_t state;
  memset(&state, 0, sizeof state);
  for (;;) {
    unsigned char byte;
    if (read_byte(editor, &byte) != 1) return 0;
    // A signal in the middle of a character ends that character.
    if (byte < 0x80) {
      *character = byte;
      return 1;
    }
    char narrow = (char)byte;
    wchar_t wide = 0;
    size_t used = mbrtowc(&wide, &narrow, 1, &state);
    if (used == (size_t)-2) continue;
    if (used == (size_t)-1) {
      memset(&state, 0, sizeof state);
      continue;
    }
    *character = wide;
    return 1;
  }
}

static int read_character(EditLine *line, wchar_t *character) {
  Editor *editor = editor_of(line);
  if (read_unicode(editor, character) != 1) return 0;
  if (editor->every_character && *character != interrupt_character &&
      *character != resize_character) {
    editor->character = (uint32_t)*character;
    *character = any_character;
  }
  return 1;
}

// MARK: Keys

static unsigned char handle(EditLine *line, int key) {
  Editor *editor = editor_of(line);
  switch (editor->handler(editor->context, key)) {
    case EDITOR_SUBMIT:
      editor->submitted = 1;
      return CC_NEWLINE;
    case EDITOR_LEAVE: return CC_EOF;
    case EDITOR_BEEP: return CC_REFRESH_BEEP;
    default: return CC_REFRESH;
  }
}

// libedit tells a function nothing about its binding, so each key has its own.
#define KEY_FUNCTION(name, key) \
  static unsigned char name(EditLine *line, int character) { \
    (void)character; \
    return handle(line, key); \
  }
#define KEYS(each) \
  each(key_enter, EDITOR_ENTER) each(key_newline, EDITOR_NEWLINE) \
  each(key_complete, EDITOR_COMPLETE) each(key_up, EDITOR_UP) each(key_down, EDITOR_DOWN) \
  each(key_left, EDITOR_LEFT) each(key_right, EDITOR_RIGHT) \
  each(key_line_start, EDITOR_LINE_START) each(key_line_end, EDITOR_LINE_END) \
  each(key_entry_start, EDITOR_ENTRY_START) each(key_entry_end, EDITOR_ENTRY_END) \
  each(key_word_left, EDITOR_WORD_LEFT) each(key_word_right, EDITOR_WORD_RIGHT) \
  each(key_delete_back, EDITOR_DELETE_BACK) each(key_delete_forward, EDITOR_DELETE_FORWARD) \
  each(key_delete_word_back, EDITOR_DELETE_WORD_BACK) \
  each(key_delete_word_forward, EDITOR_DELETE_WORD_FORWARD) \
  each(key_cut_to_end, EDITOR_CUT_TO_END) each(key_cut_to_start, EDITOR_CUT_TO_START) \
  each(key_yank, EDITOR_YANK) each(key_undo, EDITOR_UNDO) each(key_search, EDITOR_SEARCH) \
  each(key_clear_screen, EDITOR_CLEAR_SCREEN) each(key_interrupt, EDITOR_INTERRUPT) \
  each(key_end_of_input, EDITOR_END_OF_INPUT) each(key_paste, EDITOR_PASTE) \
  each(key_resized, EDITOR_RESIZED) each(key_character, EDITOR_CHARACTER) each(key_ignored, EDITOR_IGNORED)
KEYS(KEY_FUNCTION)

#define KEY_ROW(name, key) {key, #name, name},
static const struct {
  int key;
  const char *name;
  unsigned char (*function)(EditLine *, int);
} functions[] = {KEYS(KEY_ROW)};

_Static_assert(sizeof functions / sizeof *functions == EDITOR_KEY_COUNT, "a function for each key");

// Both forms of each key that terminals send, and Emacs' letters.
static const struct {
  const char *sequence;
  int key;
} bindings[] = {
    {"\r", EDITOR_ENTER},          {"\n", EDITOR_ENTER},
    {"\033\r", EDITOR_NEWLINE},    {"\033\n", EDITOR_NEWLINE},
    {"\t", EDITOR_COMPLETE},
    {"\033[A", EDITOR_UP},         {"\033OA", EDITOR_UP},         {"^P", EDITOR_UP},
    {"\033[B", EDITOR_DOWN},       {"\033OB", EDITOR_DOWN},       {"^N", EDITOR_DOWN},
    {"\033[D", EDITOR_LEFT},       {"\033OD", EDITOR_LEFT},       {"^B", EDITOR_LEFT},
    {"\033[C", EDITOR_RIGHT},      {"\033OC", EDITOR_RIGHT},      {"^F", EDITOR_RIGHT},
    {"\033[H", EDITOR_LINE_START}, {"\033OH", EDITOR_LINE_START}, {"^A", EDITOR_LINE_START},
    {"\033[1~", EDITOR_LINE_START}, {"\033[7~", EDITOR_LINE_START},
    {"\033[F", EDITOR_LINE_END},   {"\033OF", EDITOR_LINE_END},   {"^E", EDITOR_LINE_END},
    {"\033[4~", EDITOR_LINE_END},  {"\033[8~", EDITOR_LINE_END},
    {"\033[5~", EDITOR_ENTRY_START}, {"\033<", EDITOR_ENTRY_START},
    {"\033[1;5H", EDITOR_ENTRY_START},
    {"\033[6~", EDITOR_ENTRY_END}, {"\033>", EDITOR_ENTRY_END}, {"\033[1;5F", EDITOR_ENTRY_END},
    {"\033[1;5D", EDITOR_WORD_LEFT}, {"\033[1;3D", EDITOR_WORD_LEFT},
    {"\033[5D", EDITOR_WORD_LEFT}, {"\033Od", EDITOR_WORD_LEFT},
    {"\033\033[D", EDITOR_WORD_LEFT}, {"\033b", EDITOR_WORD_LEFT},
    {"\033[1;5C", EDITOR_WORD_RIGHT}, {"\033[1;3C", EDITOR_WORD_RIGHT},
    {"\033[5C", EDITOR_WORD_RIGHT}, {"\033Oc", EDITOR_WORD_RIGHT},
    {"\033\033[C", EDITOR_WORD_RIGHT}, {"\033f", EDITOR_WORD_RIGHT},
    {"\033[1;3A", EDITOR_UP}, {"\033[1;5A", EDITOR_UP}, {"\033\033[A", EDITOR_UP},
    {"\033[1;3B", EDITOR_DOWN}, {"\033[1;5B", EDITOR_DOWN}, {"\033\033[B", EDITOR_DOWN},
    {"\177", EDITOR_DELETE_BACK},  {"^H", EDITOR_DELETE_BACK},
    {"\033[3~", EDITOR_DELETE_FORWARD},
    {"^W", EDITOR_DELETE_WORD_BACK}, {"\033\177", EDITOR_DELETE_WORD_BACK},
    {"\033^H", EDITOR_DELETE_WORD_BACK},
    {"\033d", EDITOR_DELETE_WORD_FORWARD}, {"\033[3;5~", EDITOR_DELETE_WORD_FORWARD},
    {"\033[3;3~", EDITOR_DELETE_WORD_FORWARD},
    {"^K", EDITOR_CUT_TO_END},     {"^U", EDITOR_CUT_TO_START},   {"^Y", EDITOR_YANK},
    {"\033[200~", EDITOR_PASTE},   {"\033[201~", EDITOR_IGNORED},
    {"^R", EDITOR_SEARCH},         {"^L", EDITOR_CLEAR_SCREEN},
    {"^C", EDITOR_INTERRUPT},      {"^D", EDITOR_END_OF_INPUT},
    {"\033u", EDITOR_UNDO},        {"^Z", EDITOR_IGNORED},        {"^_", EDITOR_RESIZED},
    {"^^", EDITOR_CHARACTER},
    {"^X^U", EDITOR_UNDO},
    {"\033[2~", EDITOR_IGNORED},   {"\033[I", EDITOR_IGNORED},    {"\033[O", EDITOR_IGNORED},
};

static const char *name_of(int key) {
  for (size_t i = 0; i < EDITOR_KEY_COUNT; i++) {
    if (functions[i].key == key) return functions[i].name;
  }
  return "ed-unassigned";
}

static void bind_keys(EditLine *line) {
  for (size_t i = 0; i < EDITOR_KEY_COUNT; i++) {
    el_set(line, EL_ADDFN, functions[i].name, functions[i].name, functions[i].function);
  }
  el_set(line, EL_BIND, "-e", NULL);
  // libedit's own functions do not know the prompts that stand in a text of several lines: every
  // key that would call one is taken away, then ours are bound.
  for (char letter = '@'; letter <= '_'; letter++) {
    char control[] = {'^', letter, 0};
    if (letter != '[') el_set(line, EL_BIND, control, "key_ignored", NULL);
  }
  for (char letter = ' '; letter <= '~'; letter++) {
    char meta[] = {033, letter, 0};
    if (letter != '[' && letter != 'O') el_set(line, EL_BIND, meta, "key_ignored", NULL);
  }
  for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++) {
    el_set(line, EL_BIND, bindings[i].sequence, name_of(bindings[i].key), NULL);
  }
}

// MARK: The editor

static char *prompt_text(EditLine *line) { return editor_of(line)->prompt; }

void editor_set_prompt(Editor *editor, const char *prompt) {
  char *copy = strdup(prompt);
  if (copy == NULL) return;
  free(editor->prompt);
  editor->prompt = copy;
}

Editor *editor_open(const char *program, EditorHandler handler, void *context) {
  Editor *editor = calloc(1, sizeof *editor);
  if (editor == NULL) return NULL;
  editor->handler = handler;
  editor->context = context;
  editor->prompt = strdup("> ");
  signals_open();
  editor->nowhere = fopen("/dev/null", "w");
  FILE *complaints = editor->nowhere ? editor->nowhere : stderr;
  editor->line = el_init(program, stdin, stdout, complaints);
  if (editor->line == NULL) {
    editor_close(editor);
    return NULL;
  }
  el_set(editor->line, EL_CLIENTDATA, editor);
  // 0: with 1 libedit sends the signal again to the whole process group.
  el_set(editor->line, EL_SIGNAL, 0);
  el_set(editor->line, EL_EDITOR, "emacs");
  el_set(editor->line, EL_PROMPT_ESC, prompt_text, prompt_marker);
  el_wset(editor->line, EL_GETCFN, read_character);
  bind_keys(editor->line);
  return editor;
}

void editor_close(Editor *editor) {
  if (editor->line != NULL) el_end(editor->line);
  if (editor->nowhere != NULL) fclose(editor->nowhere);
  free(editor->prompt);
  free(editor);
}

int editor_read_settings(Editor *editor, const char *path) {
  if (access(path, R_OK) != 0) return 0;
  int result = el_source(editor->line, path);
  const char *mode = "emacs";
  el_get(editor->line, EL_EDITOR, &mode);
  if (strcmp(mode, "emacs") == 0) return result;
  // The modes of vi have keys that know nothing of an entry's lines.
  el_set(editor->line, EL_EDITOR, "emacs");
  bind_keys(editor->line);
  return -1;
}

int editor_read(Editor *editor) {
  void (*previous_stop)(int) = signal(SIGTSTP, note_stop);
  set_handler(SIGTSTP, note_stop);
  set_handler(SIGWINCH, note_window);
  editor->submitted = 0;
  int count = 0;
  // Before the prompt is seen: libedit itself would do it only with the first character, and a
  // block pasted until then would be echoed, and cut at the 4096 bytes that a cooked line may have.
  el_set(editor->line, EL_PREP_TERM, 1);
  terminal_bracketed_paste(1);
  el_wgets(editor->line, &count);
  terminal_bracketed_paste(0);
  // libedit's idea of a cooked terminal echoes `^C`.
  terminal_hide_interrupts();
  set_handler(SIGTSTP, previous_stop == SIG_ERR ? SIG_DFL : previous_stop);
  // A key that the user's settings have bound to libedit's own newline submits too.
  return editor->submitted || count > 0;
}

size_t editor_length(Editor *editor) {
  const LineInfoW *info = el_wline(editor->line);
  return (size_t)(info->lastchar - info->buffer);
}

size_t editor_cursor(Editor *editor) {
  const LineInfoW *info = el_wline(editor->line);
  return (size_t)(info->cursor - info->buffer);
}

const uint32_t *editor_text(Editor *editor) {
  return (const uint32_t *)el_wline(editor->line)->buffer;
}

void editor_replace(Editor *editor, const uint32_t *text, size_t length, size_t cursor) {
  int present = (int)editor_length(editor);
  el_cursor(editor->line, present);
  el_deletestr(editor->line, present);
  if (length > 0) {
    wchar_t *copy = malloc((length + 1) * sizeof *copy);
    if (copy == NULL) return;
    memcpy(copy, text, length * sizeof *copy);
    copy[length] = 0;
    el_winsertstr(editor->line, copy);
    free(copy);
  }
  el_cursor(editor->line, (int)cursor - (int)editor_cursor(editor));
}

void editor_draw(Editor *editor) { el_set(editor->line, EL_REFRESH); }

int editor_next_character(Editor *editor, uint32_t *character) {
  wchar_t wide = 0;
  if (el_wgetc(editor->line, &wide) != 1) return 0;
  *character = (uint32_t)wide;
  return 1;
}

void editor_every_character(Editor *editor, int enabled) { editor->every_character = enabled; }
uint32_t editor_character(Editor *editor) { return editor->character; }

void editor_give_back(Editor *editor, uint32_t character) {
  wchar_t text[2] = {(wchar_t)character, 0};
  el_wpush(editor->line, text);
}
