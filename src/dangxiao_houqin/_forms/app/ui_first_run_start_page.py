# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'first_run_start_page.ui'
##
##
## WARNING! All changes made in this file will be lost when recompiling UI file!
################################################################################

from PySide6.QtCore import (QCoreApplication, QDate, QDateTime, QLocale,
    QMetaObject, QObject, QPoint, QRect,
    QSize, QTime, QUrl, Qt)
from PySide6.QtGui import (QBrush, QColor, QConicalGradient, QCursor,
    QFont, QFontDatabase, QGradient, QIcon,
    QImage, QKeySequence, QLinearGradient, QPainter,
    QPalette, QPixmap, QRadialGradient, QTransform)
from PySide6.QtWidgets import (QApplication, QHBoxLayout, QLabel, QRadioButton,
    QSizePolicy, QSpacerItem, QVBoxLayout, QWidget)

class Ui_FirstRunStartPage(object):
    def setupUi(self, FirstRunStartPage):
        if not FirstRunStartPage.objectName():
            FirstRunStartPage.setObjectName(u"FirstRunStartPage")
        FirstRunStartPage.resize(520, 540)
        self.outer = QVBoxLayout(FirstRunStartPage)
        self.outer.setSpacing(6)
        self.outer.setObjectName(u"outer")
        self.outer.setContentsMargins(0, 0, 0, 0)
        self.title = QLabel(FirstRunStartPage)
        self.title.setObjectName(u"title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.title)

        self.gap1 = QSpacerItem(20, 10, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.outer.addItem(self.gap1)

        self.empty = QRadioButton(FirstRunStartPage)
        self.empty.setObjectName(u"empty")

        self.outer.addWidget(self.empty)

        self.empty_line = QHBoxLayout()
        self.empty_line.setObjectName(u"empty_line")
        self.empty_line.setContentsMargins(26, -1, -1, 10)
        self.empty_words = QLabel(FirstRunStartPage)
        self.empty_words.setObjectName(u"empty_words")
        self.empty_words.setTextFormat(Qt.TextFormat.PlainText)
        self.empty_words.setWordWrap(True)

        self.empty_line.addWidget(self.empty_words)


        self.outer.addLayout(self.empty_line)

        self.demo = QRadioButton(FirstRunStartPage)
        self.demo.setObjectName(u"demo")

        self.outer.addWidget(self.demo)

        self.demo_line = QHBoxLayout()
        self.demo_line.setObjectName(u"demo_line")
        self.demo_line.setContentsMargins(26, -1, -1, 10)
        self.demo_words = QLabel(FirstRunStartPage)
        self.demo_words.setObjectName(u"demo_words")
        self.demo_words.setTextFormat(Qt.TextFormat.PlainText)
        self.demo_words.setWordWrap(True)

        self.demo_line.addWidget(self.demo_words)


        self.outer.addLayout(self.demo_line)

        self.gap2 = QSpacerItem(20, 12, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.outer.addItem(self.gap2)

        self.summary = QLabel(FirstRunStartPage)
        self.summary.setObjectName(u"summary")
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)

        self.outer.addWidget(self.summary)

        self.rest = QSpacerItem(20, 20, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.outer.addItem(self.rest)


        self.retranslateUi(FirstRunStartPage)

        QMetaObject.connectSlotsByName(FirstRunStartPage)
    # setupUi

    def retranslateUi(self, FirstRunStartPage):
        self.title.setText(QCoreApplication.translate("FirstRunStartPage", u"\u600e\u6837\u5f00\u59cb\uff1f", None))
        self.title.setProperty(u"role", QCoreApplication.translate("FirstRunStartPage", u"pageTitle", None))
        self.empty.setText(QCoreApplication.translate("FirstRunStartPage", u"\u4ece\u7a7a\u767d\u5f00\u59cb", None))
        self.empty_words.setText(QCoreApplication.translate("FirstRunStartPage", u"\u81ea\u5df1\u5efa\u697c\u680b\u3001\u623f\u95f4\u548c\u73ed\u6b21\uff0c\u6216\u4ece Excel \u5bfc\u5165\u3002", None))
        self.empty_words.setProperty(u"role", QCoreApplication.translate("FirstRunStartPage", u"second", None))
        self.demo.setText(QCoreApplication.translate("FirstRunStartPage", u"\u5148\u8f7d\u5165\u6f14\u793a\u5b66\u6821\u770b\u770b", None))
        self.demo_words.setText(QCoreApplication.translate("FirstRunStartPage", u"\u865a\u6784\u7684\u201c\u4e2d\u5171\u5c9a\u6eaa\u53bf\u59d4\u515a\u6821\u201d\uff1a2 \u680b\u697c 204 \u5f20\u5e8a\u3001\u51e0\u4e2a\u73ed\u6b21\u548c\u540d\u5355\uff0c\u53ef\u4ee5\u968f\u610f\u8bd5\u7528\u3002\u6b63\u5f0f\u4f7f\u7528\u65f6\u8bf7\u53e6\u5efa\u4e00\u4e2a\u7a7a\u767d\u7684\u6570\u636e\u5e93\u3002", None))
        self.demo_words.setProperty(u"role", QCoreApplication.translate("FirstRunStartPage", u"second", None))
        self.summary.setText("")
        self.summary.setProperty(u"role", QCoreApplication.translate("FirstRunStartPage", u"second", None))
        pass
    # retranslateUi

