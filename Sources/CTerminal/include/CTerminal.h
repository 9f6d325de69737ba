// What Swift cannot call or must not do: signal handlers, saving and restoring the terminal, and
// libedit, whose interface is variadic. Every function here is plain; nothing here knows Conch.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stddef.h>
#include <stdint.h>

// MARK: The terminal

/// Takes LC_CTYPE from the environment, or C.UTF-8 where that is not UTF-8: libedit drops every
/// character that the locale cannot decode, without a word.
void terminal_use_utf8(void);

/// Remembers the terminal's settings and restores them on every way out: exit, SIGTERM, SIGHUP,
/// SIGQUIT and crashes. Calling it again changes nothing.
void terminal_guard(void);

/// Puts the remembered settings back. Async-signal-safe.
void terminal_restore(void);

/// Keeps the terminal from writing `^C` into a line that is being drawn. After `terminal_guard`.
void terminal_hide_interrupts(void);

/// The size of the terminal on a descriptor in character cells; 0 where it is none.
int terminal_columns(int descriptor);
int terminal_rows(int descriptor);

/// Cells that a character takes: 0, 1 or 2; -1 for what does not print.
int terminal_character_width(uint32_t character);

/// Turns bracketed paste on or off, and remembers it for `terminal_restore`.
void terminal_bracketed_paste(int enabled);

/// Waits until standard input can be read (1), or a signal has come whose handler calls
/// `signals_wake` (0). Needs `signals_open`.
int terminal_wait(void);
void signals_open(void);
void signals_wake(void);

/// Sends a question that ends with the one for the terminal's kind (ESC [ c), and reads until that
/// is answered, `size` bytes are there, or the time is over. Nothing is echoed meanwhile. Returns the
/// number of bytes read, or -1 where nothing was asked: there is no terminal, or keys wait to be
/// read. Only between two lines that are read.
int terminal_ask(const char *question, unsigned char *answer, size_t size, int milliseconds);

/// Gives back what was read and is no answer: the next line begins with it.
void terminal_give_back(const unsigned char *bytes, size_t count);

/// Takes one of those bytes (1), or there is none (0).
int terminal_take_back(unsigned char *byte);

/// Starts a program on a pseudo-terminal of its own, as the leader of a new session with default
/// signals, in `folder` unless that is NULL. Returns its process and sets `master`, or -1. The
/// tests drive the prompt with it; Swift cannot fork.
int terminal_spawn(
    const char *path, char *const arguments[], char *const environment[], const char *folder,
    int columns, int rows, int *master);

/// Runs a program, found by the PATH, on this terminal with default signals, and waits for it. Returns
/// its exit status (128 and more after a signal), or -1 with `errno` when it cannot be started.
int program_run(char *const arguments[]);

// MARK: Interrupts

/// From now on Ctrl-C (SIGINT) is counted and ends nothing; but when `limit` of them have come and
/// nobody has cleared them, the terminal is restored and the process ends with status 130.
/// 0: there is no limit.
void interrupts_count(int limit);

/// The number of interrupts since the last `interrupts_clear`.
int interrupts_pending(void);
void interrupts_clear(void);

// MARK: libedit

typedef struct Editor Editor;

/// What a key can ask for. Keys that insert themselves are libedit's own affair.
enum EditorKey {
  EDITOR_ENTER,
  EDITOR_NEWLINE,
  EDITOR_COMPLETE,
  EDITOR_UP,
  EDITOR_DOWN,
  EDITOR_LEFT,
  EDITOR_RIGHT,
  EDITOR_LINE_START,
  EDITOR_LINE_END,
  EDITOR_ENTRY_START,
  EDITOR_ENTRY_END,
  EDITOR_WORD_LEFT,
  EDITOR_WORD_RIGHT,
  EDITOR_DELETE_BACK,
  EDITOR_DELETE_FORWARD,
  EDITOR_DELETE_WORD_BACK,
  EDITOR_DELETE_WORD_FORWARD,
  EDITOR_CUT_TO_END,
  EDITOR_CUT_TO_START,
  EDITOR_YANK,
  EDITOR_UNDO,
  EDITOR_SEARCH,
  EDITOR_CLEAR_SCREEN,
  EDITOR_INTERRUPT,
  EDITOR_END_OF_INPUT,
  EDITOR_PASTE,
  EDITOR_RESIZED,
  EDITOR_CHARACTER,
  EDITOR_IGNORED,
  EDITOR_KEY_COUNT
};

/// What libedit does after a key.
enum EditorAnswer {
  EDITOR_CONTINUE,  ///< draw what changed, and read on
  EDITOR_SUBMIT,    ///< the entry is finished
  EDITOR_LEAVE,     ///< no more input
  EDITOR_BEEP       ///< nothing to be done
};

/// Called for each key with the context given to `editor_open`; the answer is an `EditorAnswer`.
typedef int (*EditorHandler)(void *context, int key);

/// Opens an editor on standard input and output, or NULL. `prompt` is copied; a part between two
/// bytes 1 takes no room on the screen (colours), and such a part must not come last.
Editor *editor_open(const char *program, EditorHandler handler, void *context);
void editor_close(Editor *editor);
void editor_set_prompt(Editor *editor, const char *prompt);

/// Applies a file of settings such as `~/.editrc`. 0: applied, or there is none; -1: it has a line
/// that libedit does not accept, and nothing after that line was applied, or it asks for vi's keys,
/// and nothing was.
int editor_read_settings(Editor *editor, const char *path);

/// Reads one entry: 1 when the handler answered `EDITOR_SUBMIT`, 0 at the end of input.
int editor_read(Editor *editor);

/// The text in the editor, as Unicode scalars, and where the cursor is in it.
size_t editor_length(Editor *editor);
size_t editor_cursor(Editor *editor);
const uint32_t *editor_text(Editor *editor);
void editor_replace(Editor *editor, const uint32_t *text, size_t length, size_t cursor);

/// Draws prompt and text anew from the terminal's cursor, which must be in the first column.
void editor_draw(Editor *editor);

/// Reads one character; 0 at the end of input. An interrupt reads as Ctrl-C (3).
int editor_next_character(Editor *editor, uint32_t *character);

/// While enabled, each character that is read comes to the handler as `EDITOR_CHARACTER`, and
/// `editor_character` says which it was: for a search that is typed letter by letter.
void editor_every_character(Editor *editor, int enabled);
uint32_t editor_character(Editor *editor);

/// Gives a character back, to be read next.
void editor_give_back(Editor *editor, uint32_t character);

#endif
