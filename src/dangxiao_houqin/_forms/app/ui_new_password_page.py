# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'new_password_page.ui'
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
from PySide6.QtWidgets import (QApplication, QHBoxLayout, QLabel, QPushButton,
    QSizePolicy, QSpacerItem, QVBoxLayout, QWidget)

class Ui_NewPasswordPage(object):
    def setupUi(self, NewPasswordPage):
        if not NewPasswordPage.objectName():
            NewPasswordPage.setObjectName(u"NewPasswordPage")
        NewPasswordPage.resize(520, 540)
        self.outer = QVBoxLayout(NewPasswordPage)
        self.outer.setSpacing(4)
        self.outer.setObjectName(u"outer")
        self.outer.setContentsMargins(52, 44, 52, 28)
        self.title = QLabel(NewPasswordPage)
        self.title.setObjectName(u"title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.title)

        self.hint = QLabel(NewPasswordPage)
        self.hint.setObjectName(u"hint")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)

        self.outer.addWidget(self.hint)

        self.gap1 = QSpacerItem(20, 18, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.outer.addItem(self.gap1)

        self.new_caption = QLabel(NewPasswordPage)
        self.new_caption.setObjectName(u"new_caption")
        self.new_caption.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.new_caption)

        self.new_box = QVBoxLayout()
        self.new_box.setObjectName(u"new_box")

        self.outer.addLayout(self.new_box)

        self.again_caption = QLabel(NewPasswordPage)
        self.again_caption.setObjectName(u"again_caption")
        self.again_caption.setTextFormat(Qt.TextFormat.PlainText)

        self.outer.addWidget(self.again_caption)

        self.again_box = QVBoxLayout()
        self.again_box.setObjectName(u"again_box")

        self.outer.addLayout(self.again_box)

        self.bar_box = QVBoxLayout()
        self.bar_box.setObjectName(u"bar_box")

        self.outer.addLayout(self.bar_box)

        self.change = QPushButton(NewPasswordPage)
        self.change.setObjectName(u"change")
        self.change.setAutoDefault(False)
        self.change.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))

        self.outer.addWidget(self.change)

        self.rest = QSpacerItem(20, 20, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.outer.addItem(self.rest)

        self.foot = QHBoxLayout()
        self.foot.setObjectName(u"foot")
        self.back = QPushButton(NewPasswordPage)
        self.back.setObjectName(u"back")
        self.back.setAutoDefault(False)
        self.back.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))

        self.foot.addWidget(self.back)

        self.middle = QSpacerItem(20, 20, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.foot.addItem(self.middle)


        self.outer.addLayout(self.foot)


        self.retranslateUi(NewPasswordPage)

        QMetaObject.connectSlotsByName(NewPasswordPage)
    # setupUi

    def retranslateUi(self, NewPasswordPage):
        self.title.setText(QCoreApplication.translate("NewPasswordPage", u"\u8bbe\u7f6e\u65b0\u5bc6\u7801", None))
        self.title.setProperty(u"role", QCoreApplication.translate("NewPasswordPage", u"pageTitle", None))
        self.hint.setText(QCoreApplication.translate("NewPasswordPage", u"\u8fd9\u662f\u60a8\u7b2c\u4e00\u6b21\u767b\u5f55\uff0c\u8bf7\u6362\u4e00\u4e2a\u53ea\u6709\u81ea\u5df1\u77e5\u9053\u7684\u5bc6\u7801\u3002", None))
        self.hint.setProperty(u"role", QCoreApplication.translate("NewPasswordPage", u"second", None))
        self.new_caption.setText(QCoreApplication.translate("NewPasswordPage", u"\u65b0\u5bc6\u7801", None))
        self.new_caption.setProperty(u"role", QCoreApplication.translate("NewPasswordPage", u"second", None))
        self.again_caption.setText(QCoreApplication.translate("NewPasswordPage", u"\u518d\u8f93\u4e00\u6b21", None))
        self.again_caption.setProperty(u"role", QCoreApplication.translate("NewPasswordPage", u"second", None))
        self.change.setText(QCoreApplication.translate("NewPasswordPage", u"\u4fdd\u5b58\u5e76\u8fdb\u5165", None))
        self.change.setProperty(u"kind", QCoreApplication.translate("NewPasswordPage", u"primary", None))
        self.back.setText(QCoreApplication.translate("NewPasswordPage", u"\u8fd4\u56de\u767b\u5f55", None))
        self.back.setProperty(u"kind", QCoreApplication.translate("NewPasswordPage", u"link", None))
        pass
    # retranslateUi

