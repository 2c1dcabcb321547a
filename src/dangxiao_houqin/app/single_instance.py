"""One window per database and computer: a second start brings the first window to the front."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QLockFile, QObject, Signal, Slot

from dangxiao_houqin.core.paths import data_dir

ANSWER_MS = 1500


class SingleInstance(QObject):
    """Holds the lock of ``key``; ``raised`` is emitted when another start asked for the window."""

    raised = Signal()

    def __init__(self, key: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(f"{data_dir()}|{key}".encode()).hexdigest()[:16]
        self._name = f"dangxiao-houqin-{digest}"
        self._lock = QLockFile(str(data_dir() / f"window-{digest}.lock"))
        self._lock.setStaleLockTime(0)  # only a dead process makes it stale
        self._server: object | None = None

    def acquire(self) -> bool:
        """Become the one instance; ``False`` when there is another, which was asked to show its window."""
        if self._lock.tryLock(100):
            return True
        self._call_the_other()
        return False

    def listen(self) -> None:
        """Hear later starts; called after the first paint, because QtNetwork takes a moment to load."""
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(self._name):
            QLocalServer.removeServer(self._name)  # left by a program that was killed; the lock says it is dead
            server.listen(self._name)
        server.newConnection.connect(self._called)
        self._server = server

    def release(self) -> None:
        """Let the next start be the one."""
        from PySide6.QtNetwork import QLocalServer

        if isinstance(self._server, QLocalServer):
            self._server.close()
        self._lock.unlock()

    def _call_the_other(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(ANSWER_MS):
            socket.write(b"raise\n")
            socket.waitForBytesWritten(ANSWER_MS)
            socket.disconnectFromServer()

    @Slot()
    def _called(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        assert isinstance(self._server, QLocalServer)
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.raised.emit()
